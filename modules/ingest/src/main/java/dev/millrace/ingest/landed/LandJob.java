package dev.millrace.ingest.landed;

import dev.millrace.contract.Contract;
import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import dev.millrace.ingest.decode.ObjectDecoder;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files of the engineer's own, put where Firehose would have put them. The same file in the same hour is the same object. */
public final class LandJob {
    private static final Logger LOG = LoggerFactory.getLogger(LandJob.class);

    private final Contract contract;
    private final LandingBucket bucket;

    public LandJob(Contract contract, LandingBucket bucket) {
        this.contract = contract;
        this.bucket = bucket;
    }

    /** Lands the files and gives back their keys. */
    public List<String> land(Optional<String> tableName, LandingHour hour, List<Path> files) {
        SourceTable table = table(contract, tableName);
        List<byte[]> contents = new ArrayList<>();
        for (Path file : files) {
            contents.add(read(file));
        }
        List<String> keys = new ArrayList<>();
        for (int file = 0; file < contents.size(); file++) {
            byte[] bytes = contents.get(file);
            String key = new LandedKeys(table).folder(hour) + contract.pipeline() + "-1-" + hour.dashed() + "-00-00-"
                    + UUID.nameUUIDFromBytes(bytes) + ".gz";
            boolean asItIs =
                    table.format() instanceof SourceTable.RecordFormat.RowFile || ObjectDecoder.isCompressed(bytes);
            bucket.put(key, asItIs ? bytes : gzipped(bytes));
            LOG.info("landed {} as s3://{}/{}", files.get(file), bucket.name(), key);
            keys.add(key);
        }
        return keys;
    }

    /** The source table of that name; without a name the only one, or any of those that share their objects. */
    public static SourceTable table(Contract contract, Optional<String> name) {
        List<SourceTable> sources = contract.sources();
        List<String> names = sources.stream().map(SourceTable::name).toList();
        if (name.isPresent()) {
            return sources.stream()
                    .filter(source -> source.name().equals(name.get()))
                    .findFirst()
                    .orElseThrow(() -> new JobException(
                            ExitCode.USAGE,
                            "The contract of " + contract.pipeline() + " has no source table " + name.get()
                                    + "; it has " + String.join(", ", names) + "."));
        }
        boolean shareObjects = sources.stream()
                        .map(source -> source.prefix() + " " + source.layout().text())
                        .distinct()
                        .count()
                == 1;
        if (!shareObjects) {
            throw new JobException(
                    ExitCode.USAGE,
                    "The contract of " + contract.pipeline() + " has several source tables: say which with --table ("
                            + String.join(", ", names) + ").");
        }
        return sources.get(0);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.USAGE,
                    "Cannot read " + file + ": nothing was landed. Check the path and its permissions.",
                    e);
        }
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
