package dev.millrace.load;

import static java.util.Objects.requireNonNull;

import dev.millrace.contract.Contract;
import dev.millrace.contract.ContractFile;
import dev.millrace.contract.Contracts;
import dev.millrace.control.Json;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.job.LogContext;
import dev.millrace.lake.read.LakeTables;
import dev.millrace.load.audit.AuditReport;
import dev.millrace.load.warehouse.ChecksumKind;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Counts and digests lake and warehouse anew, and checks the books. Changes nothing.",
        footer = {"", "Example: load audit --pipeline consents", "Example: load audit --all"})
final class AuditCommand implements Job.Verb {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Option(names = "--pipeline", paramLabel = "NAME", description = "Every period of this pipeline of the project.")
    private @Nullable String pipeline;

    @Option(names = "--contract", paramLabel = "FILE", description = "Every period of the pipeline of this contract.")
    private @Nullable Path contractFile;

    @Option(names = "--all", description = "Every period of every pipeline of the project.")
    private boolean all;

    @Option(
            names = "--period",
            paramLabel = "TABLE/PERIOD",
            description = "Only this period of the pipeline; may be given several times.")
    private List<String> periods = List.of();

    @Option(
            names = "--checksum",
            defaultValue = "fast",
            description = "fast, or md5, which is the same in every warehouse; default: fast.")
    private ChecksumKind checksum = ChecksumKind.FAST;

    @Option(names = "--env", paramLabel = "NAME", description = "The environment; default: MILLRACE_ENV, else local.")
    private @Nullable String environmentName;

    @Option(
            names = "--project",
            paramLabel = "FOLDER",
            defaultValue = ".",
            description = "The project's folder; default: where you are.")
    private Path project = Path.of(".");

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public ExitCode call() {
        List<Contract> contracts = contracts();
        Map<String, Set<String>> only =
                periods.isEmpty() ? Map.of() : PeriodsArgument.byTable(periods, contracts.get(0));
        Environment environment = Environment.load(project, Optional.ofNullable(environmentName), System.getenv());
        try (LogContext context = LogContext.fresh().stage("audit")) {
            AuditReport report = new AuditJob(
                            contracts,
                            Connections.control(environment),
                            () -> LakeTables.open(environment),
                            Connections.warehouse(environment, PATIENCE),
                            checksum,
                            only,
                            Math.max(2, Runtime.getRuntime().availableProcessors()))
                    .run();
            PrintWriter out = requireNonNull(spec).commandLine().getOut();
            out.println(json ? Json.write(report) : report.text());
            out.flush();
            return report.balances() ? ExitCode.DONE : ExitCode.BROKEN;
        }
    }

    private List<Contract> contracts() {
        int ways = (all ? 1 : 0) + (pipeline == null ? 0 : 1) + (contractFile == null ? 0 : 1);
        if (ways != 1 || all && !periods.isEmpty()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "Give one of --pipeline NAME, --contract FILE and --all; --period goes with the first two.");
        }
        if (contractFile != null) {
            return List.of(ContractFile.read(contractFile));
        }
        return pipeline == null
                ? Contracts.of(project).all()
                : List.of(Contracts.of(project).read(pipeline));
    }
}
