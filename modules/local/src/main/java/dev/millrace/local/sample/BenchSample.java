package dev.millrace.local.sample;

import dev.millrace.contract.LandingHour;
import java.util.function.Consumer;

/** Consent events for benchmarks: 24 hours, an object each, nothing bad, one in a hundred a copy. */
public final class BenchSample {
    private BenchSample() {}

    /** A million events are about 320 MB of JSON. */
    public static SampleCounts write(LandingHour from, long seed, long events, Consumer<SampleObject> consumer) {
        return write(from, seed, events, 1, consumer);
    }

    public static SampleCounts write(
            LandingHour from, long seed, long events, int partsPerHour, Consumer<SampleObject> consumer) {
        return ConsentSample.writeClean(new SampleRequest(from, 1, seed, events, partsPerHour), consumer);
    }
}
