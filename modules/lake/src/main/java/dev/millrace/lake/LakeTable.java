package dev.millrace.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.contract.SourceTable;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;

/** One table of the lake that ingest writes: clean or quarantined rows by landing hour. */
public final class LakeTable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RUN = "millrace.run-id";
    private static final long NONE = -1;
    private static final String FENCE = "millrace.fence";

    private final Table table;

    LakeTable(Table table) {
        this.table = table;
    }

    public String name() {
        return table.name();
    }

    /** A new file of clean rows of one hour. Rows wait in memory until a row group is full. */
    public CleanFile newCleanFile(SourceTable source, String hour, long rowGroupBytes) {
        OutputFile output = output(hour);
        try {
            DataWriter<CleanRow> writer = HadoopDefaults.without(() -> parquet(output, hour, rowGroupBytes)
                    .createWriterFunc(type -> new CleanRowWriter(source, type, hour))
                    .build());
            return new CleanFile(this, writer, hour);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new file of quarantined records of one hour. */
    public QuarantineFile newQuarantineFile(String hour, long rowGroupBytes) {
        OutputFile output = output(hour);
        try {
            DataWriter<GenericRecord> writer = HadoopDefaults.without(() -> parquet(output, hour, rowGroupBytes)
                    .createWriterFunc(type -> GenericParquetWriter.create(table.schema(), type))
                    .build());
            return new QuarantineFile(this, writer, GenericRecord.create(table.schema()), hour);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Parquet.DataWriteBuilder parquet(OutputFile output, String hour, long rowGroupBytes) {
        return Parquet.writeData(output)
                .forTable(table)
                .set("write.parquet.row-group-size-bytes", Long.toString(rowGroupBytes))
                .withPartition(partition(hour));
    }

    private OutputFile output(String hour) {
        return table.io()
                .newOutputFile(table.locationProvider()
                        .newDataLocation(table.spec(), partition(hour), UUID.randomUUID() + ".parquet"));
    }

    private PartitionData partition(String hour) {
        PartitionData partition = new PartitionData(table.spec().partitionType());
        partition.set(0, hour);
        return partition;
    }

    LakeFile describe(DataFile file, String hour) {
        return new LakeFile(
                file.location(),
                hour,
                file.recordCount(),
                file.fileSizeInBytes(),
                ContentFileParser.toJson(file, table.spec()));
    }

    /** Whether a commit with this run id is among the snapshots that were kept when the table was loaded. */
    public boolean hasCommit(String runId) {
        for (Snapshot snapshot : table.snapshots()) {
            if (runId.equals(snapshot.summary().get(RUN))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Replaces the rows of some hours, and adds rows to others, in one commit onto the table as it was loaded: whoever
     * committed since makes it fail. Repeating it is safe: a run id that is already
     * there, and a fence smaller than one that is there, are refused. Where its outcome cannot be known nothing is cleaned up.
     *
     * @param replaced hours whose present rows go, whether or not new files bring rows
     */
    public void commit(Collection<String> replaced, List<LakeFile> files, String runId, long fence) {
        OverwriteFiles overwrite = table.newOverwrite();
        if (!replaced.isEmpty()) {
            overwrite.overwriteByRowFilter(Expressions.in("_hour", replaced.toArray()));
        }
        for (LakeFile file : files) {
            overwrite.addFile((DataFile)
                    Objects.requireNonNull(ContentFileParser.fromJson(parsed(file.document()), table.spec())));
        }
        long head =
                table.currentSnapshot() == null ? NONE : table.currentSnapshot().snapshotId();
        try {
            overwrite
                    .set(RUN, runId)
                    .set(FENCE, Long.toString(fence))
                    .validateWith(new NotOvertaken(runId, fence, head))
                    .commit();
        } catch (CommitStateUnknownException e) {
            throw new JobException(
                    ExitCode.COMMIT_UNKNOWN,
                    "Whether table " + table.name() + " took the commit of " + runId
                            + " is unknown: run again, it will look first. Nothing was cleaned up.",
                    e);
        } catch (ValidationException | CommitFailedException e) {
            throw new JobException(
                    ExitCode.TEMPORARY,
                    "Another run committed to table " + table.name() + " meanwhile: plan again.",
                    e);
        }
    }

    private static JsonNode parsed(String document) {
        try {
            return JSON.readTree(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a data file's description is no JSON", e);
        }
    }

    /** How many rows the table holds of an hour, by its metadata. */
    public long rows(String hour) {
        return rowsByHour(List.of(hour)).getOrDefault(hour, 0L);
    }

    /** How many rows the table holds of some hours, by its metadata; hours without a file are absent. */
    public Map<String, Long> rowsByHour(Collection<String> hours) {
        return hours.isEmpty() ? Map.of() : Scans.rowsByHour(table, Expressions.in("_hour", hours.toArray()));
    }

    /** Hands over the stored rows of the given objects in an hour, in no particular order. */
    public void stored(SourceTable source, String hour, Set<String> objects, StoredRows.Sink sink) {
        StoredRows.read(table, source, hour, objects, sink);
    }

    /** Hands over every quarantined record, hour by hour in no particular order. */
    public void allQuarantined(StoredRows.QuarantineSink sink) {
        StoredRows.readQuarantine(table, sink);
    }

    /** Hands over the quarantined records of the given objects in an hour. */
    public void storedQuarantine(String hour, Set<String> objects, StoredRows.QuarantineSink sink) {
        StoredRows.readQuarantine(table, hour, objects, sink);
    }

    /** Nobody came in between: neither since the table was looked at, nor with a later fence, nor with the same work. */
    private record NotOvertaken(String runId, long fence, long head) implements SnapshotAncestryValidator {
        @Override
        public boolean validate(Iterable<Snapshot> ancestry) {
            Iterator<Snapshot> newest = ancestry.iterator();
            if ((newest.hasNext() ? newest.next().snapshotId() : NONE) != head) {
                return false;
            }
            for (Snapshot snapshot : ancestry) {
                if (runId.equals(snapshot.summary().get(RUN))) {
                    return false;
                }
                String other = snapshot.summary().get(FENCE);
                if (other != null && Long.parseLong(other) > fence) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String errorMessage() {
            return runId + " is committed already, or was overtaken";
        }
    }
}
