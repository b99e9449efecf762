package dev.millrace.cli;

import dev.millrace.cli.run.DryRunJob;
import dev.millrace.cli.run.DryRunReport;
import dev.millrace.cli.run.LoggedProgress;
import dev.millrace.cli.run.Progress;
import dev.millrace.cli.run.Reasons;
import dev.millrace.cli.run.RunJob;
import dev.millrace.cli.run.RunReport;
import dev.millrace.cli.run.RunRequest;
import dev.millrace.control.ControlDatabase;
import dev.millrace.environment.Environment;
import dev.millrace.job.Awaited;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.job.LogContext;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Bring landed objects of an interval into the warehouse: all stages, here, without Airflow.",
            "Runs again what is stale and nothing else. Ends with 0 also where nothing was stale."
        },
        footer = {
            "",
            "Example: millrace run consents --from 2026-01-05 --to 2026-01-07",
            "         millrace run consents --from 2026-01-05T03 --to 2026-01-05T04 --dry-run"
        })
final class RunCommand implements Job.Verb {
    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Parameters(paramLabel = "PIPELINE", description = "Pipeline: a folder below dags/pipelines.")
    private String pipeline = "";

    @Option(
            names = "--from",
            required = true,
            paramLabel = "TIME",
            description = "First landing hour or day, UTC: 2026-01-05 or 2026-01-05T03.")
    private String from = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "TIME",
            description = "Landing hour or day before which it ends, UTC.")
    private String to = "";

    @Option(names = "--look-back", description = "Begin earlier by the contract's look-back, as scheduled runs do.")
    private boolean lookBack;

    @Option(names = "--dry-run", description = "Say which partitions are stale, why and what it costs; do nothing.")
    private boolean dryRun;

    @Option(
            names = "--accept-removals",
            paramLabel = "OBJECT|HOUR",
            split = ",",
            description = "Let the rows of these expired objects, or of all in these hours, go.")
    private List<String> acceptedRemovals = List.of();

    @Option(
            names = "--accept-held",
            paramLabel = "HOUR",
            split = ",",
            description = "Publish these held hours as they are, whatever their share of quarantined records.")
    private List<String> acceptedHeld = List.of();

    @Option(
            names = "--retries",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often a stage that failed for a while is tried again; default: ${DEFAULT-VALUE}.")
    private int retries = 3;

    @Option(names = "--run-id", paramLabel = "ID", description = "Names this run in logs, ledger and lake.")
    private String runId = UUID.randomUUID().toString();

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    public ExitCode call() {
        // What can be said before a process is started is said at once.
        options.contracts().read(pipeline);
        Environment environment = options.environment();
        RunRequest request = new RunRequest(
                options.project(),
                options.environmentName(),
                pipeline,
                runId,
                from,
                to,
                lookBack,
                acceptedRemovals,
                acceptedHeld,
                retries);
        try (LogContext context =
                        LogContext.fresh().run(runId).pipeline(pipeline).stage("run");
                Progress progress = progress()) {
            JobRunner jobs = new JobRunner(options.installation(), progress::logged);
            return dryRun ? dryRun(request, jobs) : run(request, jobs, progress, environment);
        }
    }

    private Progress progress() {
        return dryRun ? new LoggedProgress(System.err) : Terminal.progress();
    }

    private ExitCode dryRun(RunRequest request, JobRunner jobs) {
        DryRunReport report = new DryRunJob(request, jobs).run();
        if (report.exitCode() == ExitCode.DONE) {
            System.out.println(json ? report.json() : report.text().stripTrailing());
        }
        return report.exitCode();
    }

    private ExitCode run(RunRequest request, JobRunner jobs, Progress progress, Environment environment) {
        RunReport report = new RunJob(
                        request,
                        jobs,
                        progress,
                        System::nanoTime,
                        wait -> Awaited.pause(wait, "Interrupted between two tries."))
                .run();
        progress.close();
        if (report.isBarren() && !json) {
            return report.exitCode();
        }
        SortedMap<String, Long> reasons = reasons(report, environment);
        System.out.println(json ? report.json(reasons) : report.text(reasons).stripTrailing());
        return report.exitCode();
    }

    /** A run that could not reach the control database still has a report. */
    private static SortedMap<String, Long> reasons(RunReport report, Environment environment) {
        if (report.totals().isEmpty()) {
            return new TreeMap<>();
        }
        try {
            Environment.Database control = environment.control();
            return Reasons.of(
                    report.staleHours(),
                    ControlDatabase.open(
                            control.url(), control.user(), control.password().reveal()));
        } catch (JobException e) {
            Job.fail(e);
            return new TreeMap<>();
        }
    }
}
