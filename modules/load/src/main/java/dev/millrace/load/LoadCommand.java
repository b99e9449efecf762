package dev.millrace.load;

import static java.util.Objects.requireNonNull;

import dev.millrace.contract.Contract;
import dev.millrace.control.Json;
import dev.millrace.control.PipelineOptions;
import dev.millrace.control.PipelineOptions.Outcome;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.lake.read.LakeTables;
import dev.millrace.load.warehouse.Warehouse;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private PipelineOptions options = new PipelineOptions();

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
        Clock clock = Clock.systemUTC();
        if (dryRun) {
            try (Warehouse warehouse = warehouse()) {
                print(LoadReport.planned(job(warehouse, clock).stale()));
                return ExitCode.DONE;
            }
        }
        return options.stage("load", clock, () -> {
            try (Warehouse warehouse = warehouse()) {
                LoadReport report = job(warehouse, clock).run();
                print(report);
                return new Outcome(report.exitCode(), report.sentence(), Json.write(report));
            }
        });
    }

    private Warehouse warehouse() {
        return Connections.warehouse(options.environment(), PATIENCE);
    }

    private LoadJob job(Warehouse warehouse, Clock clock) {
        Contract contract = options.contract();
        Environment environment = options.environment();
        return new LoadJob(
                contract,
                options.control(),
                () -> LakeTables.open(environment),
                warehouse,
                new LoadSettings(options.runId(), connections, PATIENCE, PeriodsArgument.byTable(again, contract)),
                clock);
    }

    private void print(LoadReport report) {
        PrintWriter out = requireNonNull(spec).commandLine().getOut();
        out.println(json ? Json.write(report) : report.text());
        out.flush();
    }
}
