package dev.millrace.cli.run;

import static java.util.Objects.requireNonNull;

import dev.millrace.job.ExitCode;

/**
 * How a step ended, as far as the rest of the run depends on it.
 *
 * @param shards how many shards a plan has
 * @param holds whether an hour is held
 * @param moved whether a commit found hours that another run has changed since the plan
 */
public record StageEnd(ExitCode exitCode, int shards, boolean holds, boolean moved) {
    public StageEnd {
        requireNonNull(exitCode, "exitCode");
    }

    public static StageEnd of(ExitCode exitCode) {
        return new StageEnd(exitCode, 0, exitCode == ExitCode.BROKEN, false);
    }
}
