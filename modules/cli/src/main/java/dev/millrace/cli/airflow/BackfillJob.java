package dev.millrace.cli.airflow;

import dev.millrace.cli.run.Progress;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A backfill of Airflow's own, from its beginning to the end of its last run. */
public final class BackfillJob {
    private static final Logger LOG = LoggerFactory.getLogger(BackfillJob.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    /** How many times as long as an answer took nothing is asked after it: Airflow has other things to do. */
    private static final int REST = 20;

    private static final Duration LONGEST_REST = Duration.ofSeconds(10);

    /** How long a pipeline may be unknown that was written just now: Airflow looks for new ones every half minute. */
    private static final Duration KNOWN = Duration.ofSeconds(120);
    /** How long Airflow may be silent, as it is while one of its programs is started again. */
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final BackfillRequest request;
    private final AirflowClient airflow;
    private final Progress progress;
    private final LongSupplier nanos;
    private final Consumer<Duration> pause;
    private final AtomicBoolean cancelled = new AtomicBoolean();

    /** The backfill's number, once there is one. */
    private OptionalLong number = OptionalLong.empty();

    public BackfillJob(
            BackfillRequest request,
            AirflowClient airflow,
            Progress progress,
            LongSupplier nanos,
            Consumer<Duration> pause) {
        this.request = request;
        this.airflow = airflow;
        this.progress = progress;
        this.nanos = nanos;
        this.pause = pause;
    }

    public BackfillReport run() {
        long begun = nanos.getAsLong();
        switchOn(awaitPipeline());
        List<Instant> intervals = airflow.intervals(request);
        int there =
                airflow.runs(request.pipeline(), request.from(), request.to()).size();
        if (intervals.isEmpty() && there == 0) {
            throw new JobException(
                    ExitCode.USAGE,
                    "No interval of the schedule of " + request.pipeline() + " begins between " + request.from()
                            + " and " + request.to() + " and is over: widen --from and --to.");
        }
        List<BackfillReport.Ended> runs = intervals.isEmpty() ? List.of() : runs(intervals);
        return new BackfillReport(
                request,
                runs,
                Math.max(
                        0,
                        airflow.runs(request.pipeline(), request.from(), request.to())
                                        .size()
                                - runs.size()),
                airflow.server().logs(),
                Duration.ofNanos(nanos.getAsLong() - begun));
    }

    /** Whether it is switched off. */
    private boolean awaitPipeline() {
        long deadline = nanos.getAsLong() + KNOWN.toNanos();
        boolean told = false;
        while (true) {
            Optional<Boolean> paused = airflow.isPaused(request.pipeline());
            if (paused.isPresent()) {
                return paused.get();
            }
            List<String> errors = airflow.importErrors();
            if (!errors.isEmpty() || nanos.getAsLong() > deadline) {
                throw new JobException(
                        ExitCode.USAGE,
                        "Airflow has no pipeline '" + request.pipeline() + "'"
                                + (errors.isEmpty() ? "" : ", as it cannot read " + String.join("; ", errors))
                                + ": check it with ./millrace contract check.");
            }
            if (!told) {
                LOG.info(
                        "Airflow does not know {} yet: it looks for new pipelines every half minute.",
                        request.pipeline());
                told = true;
            }
            pause.accept(BETWEEN_LOOKS);
        }
    }

    private void switchOn(boolean paused) {
        if (!paused) {
            return;
        }
        if (!request.unpause()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "The pipeline " + request.pipeline() + " is switched off in Airflow, where runs would only wait."
                            + " Say --unpause to switch it on; its schedule begins then, with the latest interval.");
        }
        airflow.unpause(request.pipeline());
    }

    private List<BackfillReport.Ended> runs(List<Instant> intervals) {
        synchronized (cancelled) {
            if (cancelled.get()) {
                throw cancelled();
            }
            number = create();
        }
        Set<Instant> wanted = Set.copyOf(intervals);
        Set<Instant> told = new HashSet<>();
        List<BackfillReport.Ended> ended = new ArrayList<>();
        String shown = "";
        while (ended.size() < intervals.size()) {
            long asked = nanos.getAsLong();
            List<DagRun> runs = runsOf(wanted);
            long took = nanos.getAsLong() - asked;
            for (DagRun run : runs) {
                if (run.hasEnded() && told.add(run.logicalDate())) {
                    ended.add(ended(run));
                    progress.ended(name(run), run.state(), run.took());
                    shown = "";
                }
            }
            String label = label(ended.size(), intervals.size(), runs);
            if (!label.equals(shown)) {
                progress.begins(label, ended.size(), intervals.size());
                shown = label;
            }
            if (cancelled.get()) {
                throw cancelled();
            }
            pause.accept(restAfter(Duration.ofNanos(took)));
        }
        ended.sort((one, other) -> one.run().logicalDate().compareTo(other.run().logicalDate()));
        return ended;
    }

    private static Duration restAfter(Duration answer) {
        Duration rest = answer.multipliedBy(REST);
        return rest.compareTo(BETWEEN_LOOKS) < 0
                ? BETWEEN_LOOKS
                : rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest;
    }

    private OptionalLong create() {
        OptionalLong created = airflow.create(request);
        if (created.isPresent()) {
            return created;
        }
        // One whose runs have all ended stays open until Airflow looks the next time, and would be in the way.
        airflow.openBackfill(request.pipeline()).filter(this::isOver).ifPresent(open -> airflow.cancel(open.number()));
        created = airflow.create(request);
        if (created.isEmpty()) {
            throw new JobException(
                    ExitCode.TEMPORARY,
                    "Another backfill of " + request.pipeline()
                            + " is under way in Airflow: wait for it, or cancel it at "
                            + airflow.server().address() + "/dags/" + request.pipeline() + "/backfills.");
        }
        return created;
    }

    private boolean isOver(AirflowClient.OpenBackfill open) {
        return airflow.runs(request.pipeline(), open.from(), open.to().plusMillis(1)).stream()
                .filter(run -> run.type().equals("backfill"))
                .allMatch(DagRun::hasEnded);
    }

    private static String label(int done, int of, List<DagRun> runs) {
        long active = runs.stream().filter(run -> run.state().equals("running")).count();
        return done + " of " + of + " runs" + (active > 0 ? ", " + active + " active" : "");
    }

    /** Its interval, by where that begins. */
    private static String name(DagRun run) {
        return HOUR.format(run.logicalDate()).replace("T00", "");
    }

    /** Airflow is asked until it answers: it may just be starting one of its programs again. */
    private List<DagRun> runsOf(Set<Instant> wanted) {
        long deadline = nanos.getAsLong() + SILENCE.toNanos();
        while (true) {
            try {
                return airflow.runs(request.pipeline(), request.from(), request.to()).stream()
                        .filter(run -> wanted.contains(run.logicalDate()))
                        .toList();
            } catch (JobException e) {
                if (e.exitCode() != ExitCode.TEMPORARY || cancelled.get() || nanos.getAsLong() > deadline) {
                    throw e;
                }
                pause.accept(BETWEEN_LOOKS);
            }
        }
    }

    private BackfillReport.Ended ended(DagRun run) {
        return new BackfillReport.Ended(
                run,
                run.hasSucceeded()
                        ? List.of()
                        : airflow.tasks(request.pipeline(), run.runId()).stream()
                                .filter(TaskRun::hasFailed)
                                .toList());
    }

    /**
     * Ends what was begun: runs that wait will not begin, tasks that run are stopped. May be called from another thread.
     *
     * @return how many runs were cut short
     */
    public int cancel() {
        synchronized (cancelled) {
            cancelled.set(true);
            if (number.isEmpty()) {
                return 0;
            }
        }
        List<DagRun> open = airflow.runs(request.pipeline(), request.from(), request.to()).stream()
                .filter(run -> run.type().equals("backfill") && !run.hasEnded())
                .toList();
        airflow.cancel(number.getAsLong());
        for (DagRun run : open) {
            if (run.state().equals("running")) {
                airflow.fail(request.pipeline(), run.runId());
            }
        }
        return open.size();
    }

    private JobException cancelled() {
        return new JobException(ExitCode.TEMPORARY, "The backfill of " + request.pipeline() + " was cancelled.");
    }
}
