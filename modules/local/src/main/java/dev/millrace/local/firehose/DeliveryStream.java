package dev.millrace.local.firehose;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * A delivery stream as it shows on S3. Records are joined as they come, without a delimiter, and gzipped; the key names the hour
 * and second at which the oldest of them arrived, so that objects appear in hours that are over. What the processor fails at
 * goes to the error prefix, one envelope a line. Delivery is at least once: where the answer to a put is lost the same records are
 * put again, by another key.
 */
public final class DeliveryStream {
    private static final int VERSION = 1;
    private static final Pattern TIMESTAMP = Pattern.compile("!\\{timestamp:([^}]+)\\}");
    private static final DateTimeFormatter FOLDERS =
            DateTimeFormatter.ofPattern("yyyy/MM/dd/HH", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyy-MM-dd-HH-mm-ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final DeliverySettings settings;
    private final Supplier<UUID> ids;
    private final Sink sink;

    private final Buffer good = new Buffer();
    private final Buffer failed = new Buffer();
    private final List<Runnable> heldUp = new ArrayList<>();
    private long records;
    private long deliveries;

    /** @param ids the random part of keys */
    DeliveryStream(DeliverySettings settings, Supplier<UUID> ids, Sink sink) {
        this.settings = settings;
        this.ids = ids;
        this.sink = sink;
    }

    /** Where objects go. */
    public interface Sink {
        void put(String key, byte[] bytes);
    }

    /** Takes a record in; delivers what is full by it. */
    void accept(byte[] record, Instant arrival, Instant now) {
        records++;
        if (isEvery(settings.failEvery(), records)) {
            failed.add(envelope(record, arrival, now), arrival);
        } else {
            good.add(record, arrival);
        }
        deliverWhatIsDue(now);
    }

    /** Delivers what is full or old enough. */
    void deliverWhatIsDue(Instant now) {
        for (Buffer buffer : List.of(good, failed)) {
            boolean old = buffer.oldest
                    .map(oldest -> !oldest.plus(settings.bufferTime()).isAfter(now))
                    .orElse(false);
            if (buffer.bytes.size() >= settings.bufferBytes() || old) {
                deliver(buffer);
            }
        }
    }

    /** Delivers everything, also what is held up. */
    void deliverAll() {
        deliver(good);
        deliver(failed);
        release();
    }

    private void deliver(Buffer buffer) {
        Optional<Instant> oldest = buffer.oldest;
        if (oldest.isEmpty()) {
            return;
        }
        byte[] bytes = buffer.bytes.toByteArray();
        buffer.clear();
        if (buffer == failed) {
            String folder = settings.errorPrefix() + "processing-failed/";
            sink.put(key(folder, oldest.get()), bytes);
            return;
        }
        deliveries++;
        byte[] gzipped = gzipped(bytes);
        Runnable put = () -> sink.put(key(settings.prefix(), oldest.get()) + ".gz", gzipped);
        boolean repeats = isEvery(settings.repeatEvery(), deliveries);
        if (isEvery(settings.lateEvery(), deliveries)) {
            heldUp.add(put);
            return;
        }
        put.run();
        if (repeats) {
            put.run();
        }
        release();
    }

    private void release() {
        heldUp.forEach(Runnable::run);
        heldUp.clear();
    }

    private String key(String prefix, Instant oldest) {
        Matcher timestamp = TIMESTAMP.matcher(prefix);
        String folder = timestamp.find()
                ? timestamp.replaceAll(found -> Matcher.quoteReplacement(formatted(found.group(1), oldest)))
                : prefix + FOLDERS.format(oldest) + "/";
        return folder + settings.name() + "-" + VERSION + "-" + SECOND.format(oldest) + "-" + ids.get();
    }

    private static String formatted(String pattern, Instant time) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT)
                .withZone(ZoneOffset.UTC)
                .format(time);
    }

    private byte[] envelope(byte[] record, Instant arrival, Instant now) {
        String line = "{\"attemptsMade\":4,\"arrivalTimestamp\":" + arrival.toEpochMilli()
                + ",\"errorCode\":\"Lambda.FunctionError\",\"errorMessage\":\"The Lambda function was successfully invoked but it"
                + " returned an error result.\",\"attemptEndingTimestamp\":" + now.toEpochMilli() + ",\"rawData\":\""
                + Base64.getEncoder().encodeToString(record) + "\"}\n";
        return line.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isEvery(int every, long number) {
        return every > 0 && number % every == 0;
    }

    private static byte[] gzipped(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Records that wait to be delivered together. */
    private static final class Buffer {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Optional<Instant> oldest = Optional.empty();

        private void add(byte[] record, Instant arrival) {
            bytes.writeBytes(record);
            oldest = oldest.filter(time -> !time.isAfter(arrival)).or(() -> Optional.of(arrival));
        }

        private void clear() {
            bytes.reset();
            oldest = Optional.empty();
        }
    }
}
