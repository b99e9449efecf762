package dev.millrace.load.stale;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A period that the warehouse does not hold as the lake does, why, and how many rows it is to read. Without a content the
 * control database knows the period no more.
 */
public record StalePeriod(String table, String period, String why, long rows, Optional<String> content) {
    public StalePeriod {
        requireNonNull(table, "table");
        requireNonNull(period, "period");
        requireNonNull(why, "why");
        requireNonNull(content, "content");
    }
}
