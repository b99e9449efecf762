package dev.millrace.cli.run;

import static java.util.Objects.requireNonNull;

import dev.millrace.job.ExitCode;

/**
 * Where a run stands. What comes next follows from how the present step ended, and from nothing else; it is what Airflow does
 * with the same exit codes.
 *
 * @param plans how often the run has planned
 * @param shards of the present plan
 * @param holds whether an hour is held: the run goes on with what it may, and ends with 20
 */
public record Course(Step step, int plans, int shards, boolean holds) {
    /** Another run may change the same hours again and again. */
    static final int MOST_PLANS = 4;

    public Course {
        requireNonNull(step, "step");
    }

    /** What is to be done. */
    public sealed interface Step {
        record Plan() implements Step {}

        record Ingest(int shard) implements Step {}

        record Commit() implements Step {}

        record Transform() implements Step {}

        record Load() implements Step {}

        /** Nothing any more. */
        record End(ExitCode exitCode) implements Step {}
    }

    public static Course begin() {
        return new Course(new Step.Plan(), 1, 0, false);
    }

    public Course after(StageEnd end) {
        if (step instanceof Step.Plan) {
            return afterPlan(end);
        }
        if (step instanceof Step.Ingest ingest) {
            return goesOn(end) ? afterShard(ingest.shard()) : ended(end.exitCode());
        }
        if (step instanceof Step.Commit) {
            return afterCommit(end);
        }
        if (step instanceof Step.Transform) {
            return goesOn(end) ? to(new Step.Load()) : ended(end.exitCode());
        }
        if (step instanceof Step.Load) {
            return goesOn(end) ? ended(holds ? ExitCode.BROKEN : ExitCode.DONE) : ended(end.exitCode());
        }
        throw new IllegalStateException("the run has ended");
    }

    private Course afterPlan(StageEnd end) {
        Course told = new Course(step, plans, end.shards(), end.holds());
        return switch (end.exitCode()) {
            case DONE -> end.shards() > 0 ? told.to(new Step.Ingest(0)) : told.to(new Step.Commit());
            case NOTHING_STALE, BROKEN -> told.to(new Step.Transform());
            case BUG, USAGE, TEMPORARY, COMMIT_UNKNOWN -> ended(end.exitCode());
        };
    }

    private Course afterShard(int shard) {
        return shard + 1 < shards ? to(new Step.Ingest(shard + 1)) : to(new Step.Commit());
    }

    private Course afterCommit(StageEnd end) {
        if (end.moved() && end.exitCode() == ExitCode.TEMPORARY && plans < MOST_PLANS) {
            return new Course(new Step.Plan(), plans + 1, 0, false);
        }
        Course told = new Course(step, plans, shards, holds || end.holds());
        return switch (end.exitCode()) {
            case DONE, NOTHING_STALE, BROKEN -> told.to(new Step.Transform());
            case BUG, USAGE, TEMPORARY, COMMIT_UNKNOWN -> ended(end.exitCode());
        };
    }

    private static boolean goesOn(StageEnd end) {
        return end.exitCode() == ExitCode.DONE || end.exitCode() == ExitCode.NOTHING_STALE;
    }

    private Course to(Step next) {
        return new Course(next, plans, shards, holds);
    }

    private Course ended(ExitCode exitCode) {
        return to(new Step.End(exitCode));
    }
}
