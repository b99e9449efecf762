package dev.millrace.cli.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.cli.airflow.AirflowClient;
import dev.millrace.cli.airflow.BackfillJob;
import dev.millrace.cli.airflow.BackfillReport;
import dev.millrace.cli.airflow.BackfillRequest;
import dev.millrace.cli.airflow.Reprocess;
import dev.millrace.cli.run.Progress;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.Runs;
import dev.millrace.environment.Environment;
import dev.millrace.job.Awaited;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.local.sample.SampleCounts;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Three days of samples, backfilled three times through the scheduler: afresh, again, and after a late delivery. */
public final class DemoJob {
    /** The three days. */
    public static final Instant FROM = Instant.parse("2026-01-05T00:00:00Z");

    public static final Instant TO = Instant.parse("2026-01-08T00:00:00Z");

    /** Runs of all three days at a time: one transform may do the work of several, and both cores have something to do. */
    private static final int ACTIVE_RUNS = 3;

    private static final String LATE = "consents";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Environment environment;
    private final AirflowClient airflow;
    private final Progress progress;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Consumer<Duration> pause;

    public DemoJob(
            Environment environment,
            AirflowClient airflow,
            Progress progress,
            Clock clock,
            LongSupplier nanos,
            Consumer<Duration> pause) {
        this.environment = environment;
        this.airflow = airflow;
        this.progress = progress;
        this.clock = clock;
        this.nanos = nanos;
        this.pause = pause;
    }

    /** Lets late records land; gives back where they are: each object twice, as Firehose delivers where an answer was lost. */
    @FunctionalInterface
    public interface LateLanding {
        List<String> land(String pipeline, List<byte[]> records);
    }

    /**
     * Does it all, and writes down what was done.
     *
     * @param samples what landed before, by pipeline
     * @param folder where the report looks for it
     */
    public void run(SortedMap<String, SampleCounts> samples, LateLanding landing, Path folder) {
        SortedMap<String, Story.Injected> injected = new TreeMap<>();
        samples.forEach((pipeline, counts) -> injected.put(
                pipeline,
                new Story.Injected(
                        counts.objects(), counts.landed(), counts.clean(), counts.duplicates(), counts.quarantined())));
        List<String> pipelines = List.copyOf(samples.keySet());
        List<Story.Backfill> backfills = new ArrayList<>();
        backfills.add(backfill("first backfill", pipelines, Reprocess.NONE));
        backfills.add(backfill("second backfill", pipelines, Reprocess.COMPLETED));
        List<byte[]> records = LateEvents.records();
        List<String> objects = landing.land(LATE, records);
        Story.Late late = new Story.Late(LATE, LateEvents.HOUR, objects, records.size());
        backfills.add(backfill("third backfill", List.of(LATE), Reprocess.COMPLETED));
        new Story(injected, late, backfills).write(folder);
    }

    private Story.Backfill backfill(String title, List<String> pipelines, Reprocess reprocess) {
        Instant begin = clock.instant();
        long begun = nanos.getAsLong();
        SharedProgress shared = new SharedProgress(progress, title);
        Map<String, Future<BackfillReport>> reports = new HashMap<>();
        SortedMap<String, Story.Runs> told = new TreeMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(pipelines.size());
        try {
            for (String pipeline : pipelines) {
                BackfillRequest request = new BackfillRequest(pipeline, FROM, TO, reprocess, true, ACTIVE_RUNS);
                Callable<BackfillReport> run =
                        new BackfillJob(request, airflow, shared.of(pipeline), nanos, pause)::run;
                reports.put(pipeline, threads.submit(run));
            }
            for (String pipeline : pipelines) {
                BackfillReport report = await(reports.get(pipeline));
                if (report.exitCode() != ExitCode.DONE) {
                    throw new JobException(ExitCode.BROKEN, "The " + title + " failed.\n" + report.text());
                }
                told.put(pipeline, new Story.Runs(report.runs().size(), attempts(pipeline, begin)));
            }
        } finally {
            threads.shutdownNow();
        }
        double seconds = Duration.ofNanos(nanos.getAsLong() - begun).toMillis() / 1000.0;
        return new Story.Backfill(title, seconds, told);
    }

    private static BackfillReport await(@Nullable Future<BackfillReport> report) {
        try {
            if (report == null) {
                throw new IllegalStateException("nothing was begun");
            }
            return Awaited.result(report);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ExitCode.TEMPORARY, "Interrupted while a backfill was waited for.", e);
        }
    }

    private List<Attempt> attempts(String pipeline, Instant since) {
        Environment.Database database = environment.control();
        ControlDatabase control = ControlDatabase.open(
                database.url(), database.user(), database.password().reveal());
        List<Attempt> attempts = new ArrayList<>();
        for (Runs.Told told : new Runs(control, clock).since(pipeline, since)) {
            Runs.Run run = told.run();
            if (!Attempt.isOfAStage(run.stage())) {
                continue;
            }
            Instant finished = run.finishedAt();
            attempts.add(new Attempt(
                    run.runId(),
                    run.stage(),
                    run.exitCode().orElse(-1),
                    finished == null
                            ? 0
                            : Duration.between(run.startedAt(), finished).toMillis() / 1000.0,
                    json(told.facts())));
        }
        return attempts;
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
