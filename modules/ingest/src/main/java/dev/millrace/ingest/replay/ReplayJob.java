package dev.millrace.ingest.replay;

import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Replays;
import dev.millrace.ingest.landed.LandedKeys;
import dev.millrace.ingest.landed.LandingBucket;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.job.Milestone;
import dev.millrace.lake.StoredObject;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Firehose's error objects, each landed again as one object with the records as they were put into the stream. Its key comes
 * of what is in it, and its hour is that in which the first of its records arrived: landing it again changes nothing.
 */
final class ReplayJob {
    private static final Logger LOG = LoggerFactory.getLogger(ReplayJob.class);
    private static final Pattern HOUR_OF_KEY = Pattern.compile("(?:^|/)(\\d{4})/(\\d{2})/(\\d{2})/(\\d{2})/");
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};

    private final String pipeline;
    private final SourceTable table;
    private final LandingBucket bucket;
    private final Replays replays;

    private final List<String> landed = new ArrayList<>();
    private final TreeSet<String> hours = new TreeSet<>();
    private long objects;
    private long records;
    private long unreadable;

    ReplayJob(String pipeline, SourceTable table, LandingBucket bucket, Replays replays) {
        this.pipeline = pipeline;
        this.table = table;
        this.bucket = bucket;
        this.replays = replays;
    }

    /**
     * What it came to.
     *
     * @param objects error objects that were found
     * @param records in the objects that were landed now
     * @param unreadable lines that are no envelopes: they stay where they are
     */
    record Replayed(
            String bucket, List<String> landed, List<String> hours, long objects, long records, long unreadable) {}

    /** The records of an error object, each with the number of its line. */
    private record Decoded(List<FailedRecord> records, List<Integer> lines) {}

    Replayed run(String prefix) {
        refuseWhatCannotHoldThem();
        for (StoredObject object : bucket.all(prefix)) {
            if (LandedKeys.isFailed(object.key())) {
                objects++;
                replay(object);
            }
        }
        return new Replayed(bucket.name(), List.copyOf(landed), List.copyOf(hours), objects, records, unreadable);
    }

    private void refuseWhatCannotHoldThem() {
        if (table.format() instanceof SourceTable.RecordFormat.RowFile rows) {
            throw new JobException(
                    ExitCode.USAGE,
                    "Table " + table.name()
                            + " reads " + rows.title() + ", and what Firehose could not convert is no " + rows.title()
                            + ": land it"
                            + " with the contract of a table that reads the records as they are put into the stream.");
        }
        if (table.format() instanceof SourceTable.RecordFormat.Csv csv && csv.header()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "Table " + table.name() + " reads CSV with a header, and records of a stream have none: write"
                            + " 'csvHeader: none' into the contract.");
        }
    }

    private void replay(StoredObject object) {
        Decoded decoded = read(object);
        if (decoded.records().isEmpty()) {
            return;
        }
        Optional<LandingHour> hour = hour(object, decoded);
        if (hour.isEmpty()) {
            unreadable += decoded.records().size();
            LOG.error(
                    "Nothing says when the records of s3://{}/{} arrived, neither they nor its key: nothing of it was landed.",
                    bucket.name(),
                    object.key());
            return;
        }
        byte[] bytes = joined(decoded.records());
        String key = new LandedKeys(table).folder(hour.get()) + pipeline + "-1-"
                + hour.get().dashed() + "-00-00-" + identity(object, bytes) + ".gz";
        replays.link(key, object.key(), object.etag(), decoded.lines());
        Milestone.passed("land.linked");
        Map<String, String> origin = Map.of(
                "millrace-object", URLEncoder.encode(object.key(), StandardCharsets.UTF_8),
                "millrace-etag", object.etag());
        hours.add(hour.get().toString());
        if (bucket.putNew(key, gzipped(bytes), origin)) {
            LOG.info(
                    "landed {} records of {} as s3://{}/{}",
                    decoded.records().size(),
                    object.key(),
                    bucket.name(),
                    key);
            landed.add(key);
            records += decoded.records().size();
        }
    }

    private Decoded read(StoredObject object) {
        List<FailedRecord> found = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        try (InputStream in = inflated(bucket.source(object).whole());
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                Optional<FailedRecord> failed = FailedRecord.of(line);
                if (failed.isPresent()) {
                    found.add(failed.get());
                    lines.add(number);
                } else {
                    unreadable++;
                    LOG.error(
                            "Line {} of s3://{}/{} is no error envelope with rawData.",
                            number,
                            bucket.name(),
                            object.key());
                }
            }
        } catch (IOException e) {
            unreadable++;
            LOG.error("s3://{}/{} is damaged: what comes after was not read.", bucket.name(), object.key(), e);
        }
        return new Decoded(found, lines);
    }

    private static InputStream inflated(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in);
        buffered.mark(GZIP.length);
        byte[] magic = buffered.readNBytes(GZIP.length);
        buffered.reset();
        return Arrays.equals(magic, GZIP) ? new GZIPInputStream(buffered) : buffered;
    }

    private static Optional<LandingHour> hour(StoredObject object, Decoded decoded) {
        OptionalLong oldest = decoded.records().stream()
                .map(FailedRecord::arrivedAt)
                .flatMapToLong(OptionalLong::stream)
                .min();
        if (oldest.isPresent()) {
            return Optional.of(LandingHour.at(Instant.ofEpochMilli(oldest.getAsLong())));
        }
        Matcher key = HOUR_OF_KEY.matcher(object.key());
        try {
            return key.find()
                    ? Optional.of(
                            LandingHour.of(key.group(1) + "-" + key.group(2) + "-" + key.group(3) + "T" + key.group(4)))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** One after the other, as Firehose would have written them; a text that does not end its line is ended. */
    private static byte[] joined(List<FailedRecord> records) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (FailedRecord each : records) {
            byte[] raw = each.raw();
            out.writeBytes(raw);
            boolean isText = raw.length < GZIP.length || raw[0] != GZIP[0] || raw[1] != GZIP[1];
            if (isText && raw.length > 0 && raw[raw.length - 1] != '\n') {
                out.write('\n');
            }
        }
        return out.toByteArray();
    }

    private static UUID identity(StoredObject object, byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes((object.key() + "\n" + object.etag() + "\n").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(bytes);
        return UUID.nameUUIDFromBytes(out.toByteArray());
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
}
