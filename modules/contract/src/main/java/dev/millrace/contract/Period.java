package dev.millrace.contract;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/** How event time is divided. A period's key sorts as text in the order of time within one granularity. */
public enum Period {
    HOUR,
    DAY,
    MONTH,
    YEAR,
    NONE;

    /** The key of the one period of an undivided table. */
    public static final String ALL = "all";

    /** The key of the period in which a point in time lies, such as {@code 2026-01-05} for a day. */
    public String keyAt(long epochMicros) {
        if (this == NONE) {
            return ALL;
        }
        LocalDateTime time = LocalDateTime.ofEpochSecond(Math.floorDiv(epochMicros, 1_000_000L), 0, ZoneOffset.UTC);
        return switch (this) {
            case HOUR ->
                String.format(
                        Locale.ROOT,
                        "%04d-%02d-%02dT%02d",
                        time.getYear(),
                        time.getMonthValue(),
                        time.getDayOfMonth(),
                        time.getHour());
            case DAY ->
                String.format(
                        Locale.ROOT, "%04d-%02d-%02d", time.getYear(), time.getMonthValue(), time.getDayOfMonth());
            case MONTH -> String.format(Locale.ROOT, "%04d-%02d", time.getYear(), time.getMonthValue());
            case YEAR -> String.format(Locale.ROOT, "%04d", time.getYear());
            case NONE -> ALL;
        };
    }

    /** Start of the period with this key, inclusive. An undivided table has none. */
    public LocalDateTime start(String key) {
        return switch (this) {
            case HOUR -> LocalDateTime.parse(key + ":00");
            case DAY -> LocalDateTime.parse(key + "T00:00");
            case MONTH -> LocalDateTime.parse(key + "-01T00:00");
            case YEAR -> LocalDateTime.parse(key + "-01-01T00:00");
            case NONE -> throw new IllegalArgumentException("an undivided table has no start");
        };
    }

    /** End of the period with this key, exclusive. */
    public LocalDateTime end(String key) {
        LocalDateTime start = start(key);
        return switch (this) {
            case HOUR -> start.plusHours(1);
            case DAY -> start.plusDays(1);
            case MONTH -> start.plusMonths(1);
            case YEAR -> start.plusYears(1);
            case NONE -> throw new IllegalArgumentException("an undivided table has no end");
        };
    }
}
