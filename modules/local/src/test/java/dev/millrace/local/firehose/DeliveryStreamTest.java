package dev.millrace.local.firehose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class DeliveryStreamTest {
    private static final Instant BEGIN = Instant.parse("2026-01-05T03:59:58Z");

    private final Map<String, String> delivered = new LinkedHashMap<>();
    private final AtomicLong ids = new AtomicLong();

    private DeliveryStream stream(int failEvery, int repeatEvery, int lateEvery) {
        return stream("data/", failEvery, repeatEvery, lateEvery);
    }

    private DeliveryStream stream(String prefix, int failEvery, int repeatEvery, int lateEvery) {
        DeliverySettings settings = new DeliverySettings(
                "my-clicks",
                prefix,
                "data/",
                10,
                Duration.ofSeconds(60),
                failEvery,
                repeatEvery,
                lateEvery,
                Duration.ZERO);
        return new DeliveryStream(
                settings,
                () -> new UUID(0, ids.incrementAndGet()),
                (key, bytes) -> delivered.put(key, text(key, bytes)));
    }

    private static String text(String key, byte[] bytes) {
        try {
            byte[] text =
                    key.endsWith(".gz") ? new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes() : bytes;
            return new String(text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void accept(DeliveryStream stream, String record, long second) {
        Instant time = BEGIN.plusSeconds(second);
        stream.accept(record.getBytes(StandardCharsets.UTF_8), time, time);
    }

    private static String key(String hourAndSecond, int id) {
        return "data/" + hourAndSecond + "-00000000-0000-0000-0000-" + String.format("%012d", id);
    }

    @Test
    void joinsRecordsWithoutADelimiterUntilTheBufferIsFull() {
        DeliveryStream stream = stream(0, 0, 0);
        accept(stream, "{\"a\":1}", 0);
        assertThat(delivered).isEmpty();
        accept(stream, "{\"a\":2}", 3);
        // The hour is that of the oldest record, though the last one came in the next hour.
        assertThat(delivered)
                .isEqualTo(
                        Map.of(key("2026/01/05/03/my-clicks-1-2026-01-05-03-59-58", 1) + ".gz", "{\"a\":1}{\"a\":2}"));
    }

    @Test
    void namesFoldersAsThePrefixSaysWhereItHasATimeInIt() {
        DeliveryStream stream = stream("data/datehour=!{timestamp:yyyy-MM-dd-HH}/", 0, 0, 0);
        accept(stream, "{\"a\":1234}", 0);
        assertThat(delivered.keySet())
                .containsExactly(key("datehour=2026-01-05-03/my-clicks-1-2026-01-05-03-59-58", 1) + ".gz");
    }

    @Test
    void deliversWhatIsOldEnough() {
        DeliveryStream stream = stream(0, 0, 0);
        accept(stream, "{}", 0);
        accept(stream, "{}", 59);
        stream.deliverWhatIsDue(BEGIN.plusSeconds(59));
        assertThat(delivered).isEmpty();
        stream.deliverWhatIsDue(BEGIN.plusSeconds(60));
        assertThat(delivered.values()).containsExactly("{}{}");
    }

    @Test
    void putsTheSameRecordsAgainWhereAnAnswerWasLost() {
        DeliveryStream stream = stream(0, 2, 0);
        for (int number = 0; number < 3; number++) {
            accept(stream, "{\"number\":" + number + "}", number);
        }
        assertThat(delivered.values())
                .containsExactly("{\"number\":0}", "{\"number\":1}", "{\"number\":1}", "{\"number\":2}");
    }

    @Test
    void whatIsHeldUpAppearsLaterInItsOwnHour() {
        DeliveryStream stream = stream(0, 0, 2);
        accept(stream, "{\"number\":0}", 0);
        accept(stream, "{\"number\":1}", 1);
        assertThat(delivered.values()).containsExactly("{\"number\":0}");
        accept(stream, "{\"number\":2}", 5);
        assertThat(List.copyOf(delivered.keySet()))
                .containsExactly(
                        key("2026/01/05/03/my-clicks-1-2026-01-05-03-59-58", 1) + ".gz",
                        key("2026/01/05/04/my-clicks-1-2026-01-05-04-00-03", 2) + ".gz",
                        key("2026/01/05/03/my-clicks-1-2026-01-05-03-59-59", 3) + ".gz");
        accept(stream, "{\"number\":3}", 6);
        stream.deliverAll();
        assertThat(delivered).hasSize(4);
    }

    @Test
    void whatTheProcessorFailsAtGoesToTheErrorPrefixInEnvelopes() {
        DeliveryStream stream = stream(2, 0, 0);
        accept(stream, "a", 0);
        accept(stream, "b", 1);
        stream.deliverAll();
        assertThat(delivered)
                .containsEntry(key("2026/01/05/03/my-clicks-1-2026-01-05-03-59-58", 2) + ".gz", "a")
                .hasSize(2);
        String errors = delivered.get(key("processing-failed/2026/01/05/03/my-clicks-1-2026-01-05-03-59-59", 1));
        assertThat(errors)
                .startsWith("{\"attemptsMade\":4,\"arrivalTimestamp\":"
                        + BEGIN.plusSeconds(1).toEpochMilli())
                .endsWith("\"rawData\":\"Yg==\"}\n");
    }
}
