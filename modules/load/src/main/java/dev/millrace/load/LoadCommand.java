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
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        subcommands = AuditCommand.class,
        description = "Loads whatever the warehouse does not hold of a pipeline as the lake does, and audits it.",
        footer = {"", "Example: load --pipeline consents --dry-run"})
final class LoadCommand implements Job.Verb {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Option(names = "--pipeline", paramLabel = "NAME", description = "The pipeline, one of the project's.")
    private @Nullable String pipeline;

    @Option(
            names = "--contract",
            paramLabel = "FILE",
            description = "The contract, where it is none of the project's pipelines.")
    private @Nullable Path contractFile;

    @Option(names = "--env", paramLabel = "NAME", description = "The environment; default: MILLRACE_ENV, else local.")
    private @Nullable String environmentName;

    @Option(
            names = "--project",
            paramLabel = "FOLDER",
            defaultValue = ".",
            description = "The project's folder; default: where you are.")
    private Path project = Path.of(".");

    @Option(names = "--run-id", paramLabel = "ID", description = "Names this run in the ledgers; default: a new one.")
    private @Nullable String runId;

    @Option(names = "--dry-run", description = "Only say what is stale, why, and how many rows that is.")
    private boolean dryRun;

    @Option(
            names = "--again",
            paramLabel = "TABLE/PERIOD",
            description = "Loads this period whatever the ledger says, such as after an audit that failed.")
    private List<String> again = List.of();

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "How many connections copy at once; default: one for each core, at least 2, at most 8.")
    private int connections = Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors()));

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public ExitCode call() {
        Contract contract = contract();
        Environment environment = Environment.load(project, Optional.ofNullable(environmentName), System.getenv());
        String run = runId == null ? UUID.randomUUID().toString() : runId;
        try (LogContext context =
                LogContext.fresh().run(run).pipeline(contract.pipeline()).stage("load")) {
            LoadReport report = new LoadJob(
                            contract,
                            Connections.control(environment),
                            () -> LakeTables.open(environment),
                            Connections.warehouse(environment, PATIENCE),
                            new LoadSettings(
                                    run, dryRun, connections, PATIENCE, PeriodsArgument.byTable(again, contract)),
                            Clock.systemUTC())
                    .run();
            PrintWriter out = requireNonNull(spec).commandLine().getOut();
            out.println(json ? Json.write(report) : report.text());
            out.flush();
            return report.exitCode();
        }
    }

    private Contract contract() {
        if (contractFile != null && pipeline == null) {
            return ContractFile.read(contractFile);
        }
        if (pipeline != null && contractFile == null) {
            return Contracts.of(project).read(pipeline);
        }
        throw new JobException(ExitCode.USAGE, "Give either --pipeline NAME or --contract FILE.");
    }
}
