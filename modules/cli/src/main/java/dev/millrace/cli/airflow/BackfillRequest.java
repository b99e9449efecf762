package dev.millrace.cli.airflow;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * What a backfill is asked for.
 *
 * @param from where the first interval begins, at the earliest
 * @param to before which the last interval begins
 * @param unpause whether a pipeline that is switched off is switched on for it, and stays so
 * @param activeRuns how many of its runs may be under way at a time
 */
public record BackfillRequest(
        String pipeline, Instant from, Instant to, Reprocess reprocess, boolean unpause, int activeRuns) {

    public BackfillRequest {
        requireNonNull(pipeline, "pipeline");
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        requireNonNull(reprocess, "reprocess");
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("A backfill begins before it ends: " + from + " is not before " + to);
        }
        if (activeRuns < 1) {
            throw new IllegalArgumentException("At least one run must be allowed at a time, not " + activeRuns);
        }
    }
}
