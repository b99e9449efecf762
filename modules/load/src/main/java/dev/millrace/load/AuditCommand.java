package dev.millrace.load;

import static java.util.Objects.requireNonNull;

import dev.millrace.contract.Contract;
import dev.millrace.control.Json;
import dev.millrace.control.ProjectOptions;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.job.LogContext;
import dev.millrace.lake.read.LakeTables;
import dev.millrace.load.audit.AuditReport;
import dev.millrace.load.warehouse.ChecksumKind;
import dev.millrace.load.warehouse.Warehouse;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Option(names = "--pipeline", paramLabel = "NAME", description = "Every period of this pipeline of the project.")
    private @Nullable String pipeline;

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

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public ExitCode call() {
        List<Contract> contracts = contracts();
        Map<String, Set<String>> only =
                periods.isEmpty() ? Map.of() : PeriodsArgument.byTable(periods, contracts.get(0));
        Environment environment = options.environment();
        try (LogContext context = LogContext.fresh().stage("audit");
                Warehouse warehouse = Connections.warehouse(environment, PATIENCE)) {
            AuditReport report = new AuditJob(
                            contracts,
                            options.control(),
                            () -> LakeTables.open(environment),
                            warehouse,
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
        if (all == (pipeline != null) || all && !periods.isEmpty()) {
            throw new JobException(
                    ExitCode.USAGE, "Give either --pipeline NAME or --all; --period goes with a pipeline.");
        }
        return pipeline == null
                ? options.contracts().all()
                : List.of(options.contracts().read(pipeline));
    }
}
