package dev.millrace.cli;

import dev.millrace.cli.airflow.AirflowClient;
import dev.millrace.cli.airflow.AirflowServer;
import dev.millrace.cli.airflow.BackfillJob;
import dev.millrace.cli.airflow.BackfillReport;
import dev.millrace.cli.airflow.BackfillRequest;
import dev.millrace.cli.airflow.Reprocess;
import dev.millrace.cli.run.Progress;
import dev.millrace.contract.LandingHour;
import dev.millrace.job.Awaited;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.local.LocalAirflow;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "backfill",
        mixinStandardHelpOptions = true,
        description = {
            "Bring an interval into the warehouse by Airflow's own backfill, one run for each interval of the schedule.",
            "Waits for all of them, and ends with 20 where one failed. Ctrl-C cancels what has not ended."
        },
        footer = {
            "",
            "Example: millrace backfill consents --from 2026-01-05 --to 2026-01-08 --unpause",
            "         millrace backfill consents --from 2026-01-05 --to 2026-01-08 --reprocess completed"
        })
final class BackfillCommand implements Job.Verb {
    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Parameters(paramLabel = "PIPELINE", description = "Pipeline: a folder below dags/pipelines.")
    private String pipeline = "";

    @Option(
            names = "--from",
            required = true,
            paramLabel = "TIME",
            description = "Where the first interval begins, UTC: 2026-01-05 or 2026-01-05T03.")
    private String from = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "TIME",
            description = "Day or hour before which the last interval begins, UTC.")
    private String to = "";

    @Option(
            names = "--reprocess",
            paramLabel = "none|failed|completed",
            defaultValue = "failed",
            description = "Which runs that are there already are done again: none, those that failed, or all that have"
                    + " ended. Default: ${DEFAULT-VALUE}.")
    private Reprocess reprocess = Reprocess.FAILED;

    @Option(
            names = "--unpause",
            description = "Switch the pipeline on if it is switched off, and leave it so: its schedule begins.")
    private boolean unpause;

    @Option(
            names = "--active-runs",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many of the runs may be under way at a time; default: ${DEFAULT-VALUE}.")
    private int activeRuns = 1;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    public ExitCode call() {
        options.contracts().read(pipeline);
        BackfillRequest request = request();
        AirflowServer airflow = airflow();
        try (Progress progress = Terminal.progress()) {
            BackfillJob job = new BackfillJob(
                    request,
                    new AirflowClient(airflow),
                    progress,
                    System::nanoTime,
                    wait -> Awaited.pause(wait, "Interrupted while a backfill was waited for."));
            Thread cancel = new Thread(() -> cancel(job, progress), "cancel");
            Runtime.getRuntime().addShutdownHook(cancel);
            BackfillReport report = run(job, cancel);
            progress.close();
            System.out.println(json ? report.json() : report.text().stripTrailing());
            return report.exitCode();
        }
    }

    /** That of {@code up}, and otherwise that of {@code up --docker}. */
    private AirflowServer airflow() {
        LocalAirflow.Status status = LocalAirflow.at(options.stateFolder()).status();
        if (status instanceof LocalAirflow.Status.Up up) {
            return AirflowServer.of(up.access());
        }
        if (status instanceof LocalAirflow.Status.Broken broken) {
            throw new JobException(ExitCode.USAGE, broken.why() + " Put it right with ./millrace up.");
        }
        return options.containers()
                .airflow()
                .orElseThrow(() -> new JobException(
                        ExitCode.USAGE, "Airflow is not up: start it with ./millrace up, or with up --docker."));
    }

    private static BackfillReport run(BackfillJob job, Thread cancel) {
        try {
            return job.run();
        } finally {
            forget(cancel);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is running: the job ends because it was cancelled.
        }
    }

    private BackfillRequest request() {
        try {
            return new BackfillRequest(pipeline, time(from), time(to), reprocess, unpause, activeRuns);
        } catch (IllegalArgumentException e) {
            throw new JobException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private static Instant time(String text) {
        return LandingHour.of(text.contains("T") ? text : text + "T00").start();
    }

    private static void cancel(BackfillJob job, Progress progress) {
        progress.close();
        System.err.println("Cancelling the backfill.");
        try {
            int open = job.cancel();
            System.err.println(
                    "Cancelled; runs that had not ended: " + open + ". Give the same command to do them again.");
        } catch (JobException e) {
            System.err.println("The backfill could not be cancelled: " + e.getMessage());
        }
    }
}
