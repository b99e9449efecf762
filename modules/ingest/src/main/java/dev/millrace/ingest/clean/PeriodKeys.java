package dev.millrace.ingest.clean;

import dev.millrace.contract.Period;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;

/** Period keys of rows that come mostly in the order of time: the last one found is asked first. */
final class PeriodKeys {
    private final Period period;
    private long from = Long.MAX_VALUE;
    private long to = Long.MIN_VALUE;
    private String key = "";
    private byte[] bytes = new byte[0];

    PeriodKeys(Period period) {
        this.period = period;
    }

    /** Moves to the period of a point in time. Tells whether that is another one than before. */
    boolean moveTo(long epochMicros) {
        if (epochMicros >= from && epochMicros < to) {
            return false;
        }
        key = period.keyAt(epochMicros);
        bytes = key.getBytes(StandardCharsets.UTF_8);
        if (period == Period.NONE) {
            from = Long.MIN_VALUE;
            to = Long.MAX_VALUE;
        } else {
            from = period.start(key).toEpochSecond(ZoneOffset.UTC) * 1_000_000;
            to = period.end(key).toEpochSecond(ZoneOffset.UTC) * 1_000_000;
        }
        return true;
    }

    String key() {
        return key;
    }

    byte[] bytes() {
        return bytes;
    }
}
