package dev.millrace.local;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;

/**
 * How many tasks of a kind may run at a time. The file with pools has what suits a machine of 4 GB; one that has a multiple of it may run as
 * many times as much, but not more than there are cores to run it.
 */
final class AirflowPools {
    private static final long SUITED_BYTES = 4_000_000_000L;
    private static final String SLOTS = "slots";

    private AirflowPools() {}

    static String forThisMachine(String pools) throws IOException {
        long memory =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return of(pools, memory, Runtime.getRuntime().availableProcessors());
    }

    static String of(String pools, long memory, int cores) throws IOException {
        int times = (int) Math.max(1, Math.min(memory / SUITED_BYTES, cores));
        StringWriter text = new StringWriter();
        try (JsonParser parser = FlatJson.FACTORY.createParser(pools);
                JsonGenerator json = FlatJson.FACTORY.createGenerator(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_NUMBER_INT && SLOTS.equals(parser.currentName())) {
                    json.writeNumber(parser.getIntValue() * times);
                } else {
                    json.copyCurrentEvent(parser);
                }
            }
        }
        return text.toString();
    }
}
