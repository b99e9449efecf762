package dev.millrace.contract;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** An hour of landing, UTC. Its text, such as {@code 2026-01-05T03}, sorts in the order of time. */
public record LandingHour(long epochHour) implements Comparable<LandingHour> {

    public static LandingHour of(String text) {
        try {
            return at(LocalDateTime.parse(text + ":00").toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("no hour such as 2026-01-05T03: '" + text + "'", e);
        }
    }

    public static LandingHour at(Instant time) {
        return new LandingHour(Math.floorDiv(time.getEpochSecond(), 3600L));
    }

    public LandingHour plus(long hours) {
        return new LandingHour(epochHour + hours);
    }

    public Instant start() {
        return Instant.ofEpochSecond(epochHour * 3600);
    }

    public long epochMicros() {
        return epochHour * 3_600_000_000L;
    }

    /** As folders and columns write it, such as {@code 2026-01-05-03}. */
    public String dashed() {
        return toString().replace('T', '-');
    }

    @Override
    public int compareTo(LandingHour other) {
        return Long.compare(epochHour, other.epochHour);
    }

    @Override
    public String toString() {
        LocalDateTime time = LocalDateTime.ofInstant(start(), ZoneOffset.UTC).truncatedTo(ChronoUnit.HOURS);
        return time.toString().substring(0, time.toString().length() - 3);
    }
}
