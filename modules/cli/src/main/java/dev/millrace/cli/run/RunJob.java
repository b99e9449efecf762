package dev.millrace.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.millrace.cli.process.JobModule;
import dev.millrace.cli.process.JobProcess.Workload;
import dev.millrace.job.ExitCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All stages of a pipeline over an interval of landing hours, each in a process of its own. */
public final class RunJob {
    private static final Logger LOG = LoggerFactory.getLogger(RunJob.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final int PAUSE_GROWTH = 3;

    private final RunRequest request;
    private final Jobs jobs;
    private final Progress progress;
    private final LongSupplier nanos;
    private final Consumer<Duration> pause;

    /** The plan that shards and commit belong to: empty before the first. */
    private JsonNode plan = MissingNode.getInstance();

    public RunJob(RunRequest request, Jobs jobs, Progress progress, LongSupplier nanos, Consumer<Duration> pause) {
        this.request = request;
        this.jobs = jobs;
        this.progress = progress;
        this.nanos = nanos;
        this.pause = pause;
    }

    public RunReport run() {
        long begun = nanos.getAsLong();
        List<RunReport.Done> done = new ArrayList<>();
        Course course = Course.begin();
        while (!(course.step() instanceof Course.Step.End)) {
            RunReport.Done step = carryOut(course, done.size());
            done.add(step);
            course = course.after(step.end());
        }
        ExitCode exitCode = ((Course.Step.End) course.step()).exitCode();
        return new RunReport(request, done, exitCode, Duration.ofNanos(nanos.getAsLong() - begun));
    }

    private RunReport.Done carryOut(Course course, int before) {
        Course.Step step = course.step();
        Stage stage = stage(step);
        String label = step instanceof Course.Step.Ingest ingest && course.shards() > 1
                ? "ingest " + (ingest.shard() + 1) + "/" + course.shards()
                : stage.label();
        // Commit, transform and load are still to come after the shards.
        progress.begins(label, before, Math.max(before + 1, course.shards() + Stage.values().length - 1));
        long begun = nanos.getAsLong();
        JobEnd end = attempt(step);
        if (step instanceof Course.Step.Plan) {
            plan = end.report();
        }
        Duration took = Duration.ofNanos(nanos.getAsLong() - begun);
        RunReport.Done done = new RunReport.Done(stage, stageEnd(stage, end), took, end.report());
        progress.ended(label, done.sentence(), took);
        return done;
    }

    /** What is temporary is tried again after a while, longer each time. A moved plan is not: it needs another plan. */
    private JobEnd attempt(Course.Step step) {
        Duration wait = FIRST_PAUSE;
        JobEnd end = start(step);
        for (int retry = 1; retry <= request.retries() && passes(end); retry++) {
            LOG.warn(
                    "{} ended with {}: {}; try {} of {} follows in {} s.",
                    stage(step).label(),
                    end.exitCode().code(),
                    end.exitCode().meaning(),
                    retry + 1,
                    request.retries() + 1,
                    wait.toSeconds());
            pause.accept(wait);
            wait = wait.multipliedBy(PAUSE_GROWTH);
            end = start(step);
        }
        return end;
    }

    private static boolean passes(JobEnd end) {
        return switch (end.exitCode()) {
            case TEMPORARY -> end.report().path("moved").isEmpty();
            case COMMIT_UNKNOWN -> true;
            case DONE, BUG, USAGE, NOTHING_STALE, BROKEN -> false;
        };
    }

    private JobEnd start(Course.Step step) {
        String planId = plan.path("plan").asText();
        Workload planned = new Workload(plan.path("bytes").asLong());
        if (step instanceof Course.Step.Plan) {
            return run(JobModule.INGEST, Workload.SLIGHT, request.plan(false));
        }
        if (step instanceof Course.Step.Ingest ingest) {
            return run(JobModule.INGEST, planned, request.shard(planId, ingest.shard()));
        }
        if (step instanceof Course.Step.Commit) {
            return run(JobModule.INGEST, Workload.SLIGHT, request.commit(planId));
        }
        JobModule module = step instanceof Course.Step.Transform ? JobModule.TRANSFORM : JobModule.LOAD;
        return run(module, planned, request.stage(false));
    }

    private JobEnd run(JobModule module, Workload workload, List<String> arguments) {
        return JobEnd.of(module, jobs.run(module, workload, arguments));
    }

    private static Stage stage(Course.Step step) {
        if (step instanceof Course.Step.Plan) {
            return Stage.PLAN;
        }
        if (step instanceof Course.Step.Ingest) {
            return Stage.INGEST;
        }
        if (step instanceof Course.Step.Commit) {
            return Stage.COMMIT;
        }
        return step instanceof Course.Step.Transform ? Stage.TRANSFORM : Stage.LOAD;
    }

    private static StageEnd stageEnd(Stage stage, JobEnd end) {
        boolean ofIngest = stage == Stage.PLAN || stage == Stage.COMMIT;
        return new StageEnd(
                end.exitCode(),
                stage == Stage.PLAN ? end.report().path("shards").asInt() : 0,
                ofIngest
                        && (end.exitCode() == ExitCode.BROKEN
                                || !end.report().path("held").isEmpty()),
                stage == Stage.COMMIT && !end.report().path("moved").isEmpty());
    }
}
