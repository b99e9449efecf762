package dev.millrace.ingest;

import dev.millrace.contract.LandingHour;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;

/** Landing hours from one, inclusive, to another, exclusive. A day means its first hour. */
record Interval(LandingHour from, LandingHour to) {
    private static final int DAY = "2026-01-05".length();
    private static final long LONGEST_HOURS = 24L * 366 * 20;

    Interval {
        if (from.compareTo(to) >= 0) {
            throw new JobException(
                    ExitCode.USAGE,
                    "--from " + from + " is not before --to " + to
                            + ": the interval is empty. --from is inclusive, --to exclusive.");
        }
        if (to.epochHour() - from.epochHour() > LONGEST_HOURS) {
            throw new JobException(ExitCode.USAGE, "From " + from + " to " + to + " is longer than twenty years.");
        }
    }

    static Interval of(String from, String to) {
        return new Interval(hour(from), hour(to));
    }

    static LandingHour hour(String text) {
        try {
            return LandingHour.of(text.length() == DAY ? text + "T00" : text);
        } catch (IllegalArgumentException e) {
            throw new JobException(
                    ExitCode.USAGE,
                    "'" + text + "' is neither a day such as 2026-01-05 nor an hour such as 2026-01-05T03.",
                    e);
        }
    }
}
