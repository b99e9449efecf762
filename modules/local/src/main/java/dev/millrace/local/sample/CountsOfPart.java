package dev.millrace.local.sample;

import java.util.SortedMap;
import java.util.TreeMap;

/** Adds up while an object is written. */
final class CountsOfPart {
    private long clean;
    private long duplicates;
    private long repeats;
    private long bad;
    private final SortedMap<String, Long> quarantined = new TreeMap<>();

    void clean() {
        clean++;
    }

    void duplicate() {
        clean++;
        duplicates++;
    }

    void repeat() {
        clean++;
        repeats++;
    }

    void quarantined(String reason) {
        bad++;
        quarantined.merge(reason, 1L, Long::sum);
    }

    SampleCounts of(SampleObject object) {
        return new SampleCounts(1, object.bytes().length, clean + bad, clean, duplicates, repeats, quarantined);
    }
}
