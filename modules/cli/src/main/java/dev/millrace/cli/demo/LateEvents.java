package dev.millrace.cli.demo;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Page views that land in an hour after it was done. */
public final class LateEvents {
    /** When they arrive, by their delivery's key. */
    public static final Instant ARRIVAL = Instant.parse("2026-01-06T12:30:00Z");

    static final String HOUR = "2026-01-06T12";
    private static final int RECORDS = 25;

    private LateEvents() {}

    /** As a stream has them: nothing is behind a record. */
    public static List<byte[]> records() {
        List<byte[]> records = new ArrayList<>();
        for (int number = 0; number < RECORDS; number++) {
            String record = String.format(
                    Locale.ROOT,
                    "{\"id\":\"00000000-0000-4000-8000-%012d\",\"datetime\":\"2026-01-06 12:%02d:07\","
                            + "\"domain\":\"www.domain-A.eu\",\"type\":\"pageview\","
                            + "\"user\":{\"id\":\"00000000-0000-4000-9000-%012d\",\"country\":\"FR\","
                            + "\"token\":\"{\\\"vendors\\\":{\\\"enabled\\\":[],\\\"disabled\\\":[]},"
                            + "\\\"purposes\\\":{\\\"enabled\\\":[],\\\"disabled\\\":[]}}\"}}",
                    number,
                    number,
                    number % 5);
            records.add(record.getBytes(StandardCharsets.UTF_8));
        }
        return records;
    }
}
