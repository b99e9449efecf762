package dev.millrace.ingest.decode;

import static java.util.Objects.requireNonNull;

import dev.millrace.contract.LandingHour;
import dev.millrace.contract.Origin;
import dev.millrace.contract.SourceColumn;
import dev.millrace.contract.SourceTable;
import dev.millrace.ingest.mask.HashKey;
import dev.millrace.lake.ObjectSource;
import dev.millrace.lake.read.FileRows;
import dev.millrace.lake.read.RowFormat;
import dev.millrace.lake.read.RowText;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads landed objects of one table, one at a time. It keeps its buffers from object to object, so one worker thread
 * holds one. However long an object or a record is, it holds at most one record of the contract's {@code maxRecordBytes}
 * and what was read with it.
 */
public final class ObjectDecoder {
    /** The wanted size of a read: what fits into a core's own cache along with the rest. */
    private static final int CHUNK = 256 * 1024;

    private static final int RAW_CHUNK = 64 * 1024;

    private final int chunk;
    private final int longestRecord;
    private final DecodedRow row;
    private final Records records;
    private final boolean mayHoldGzip;
    /** Without a value where objects are read as streams. */
    private final Optional<RowsOfFields> rows;

    private final byte[] raw;
    private byte[] bytes;

    private ObjectDecoder(SourceTable table, Optional<HashKey> key, int chunk, int rawChunk) {
        if (table.isMasked() && key.isEmpty()) {
            throw new IllegalArgumentException("no key for the masks of table " + table.name());
        }
        this.chunk = chunk;
        longestRecord = table.maxRecordBytes();
        ColumnPlan[] plans = ColumnPlan.of(table);
        row = new DecodedRow(plans, key.map(HashKey::hasher));
        if (table.format() instanceof SourceTable.RecordFormat.Csv csv) {
            records = new CsvRecords(table, plans, csv);
        } else if (table.format() instanceof SourceTable.RecordFormat.Json json) {
            records = JsonRecords.of(table, json, plans);
        } else if (table.format() instanceof SourceTable.RecordFormat.CloudWatchLogs logs) {
            records = JsonRecords.of(table, logs, plans);
        } else if (table.format() instanceof SourceTable.RecordFormat.RowFile) {
            records = JsonRecords.ofRows(table, plans);
        } else {
            throw new IllegalArgumentException("no decoder for " + table.format());
        }
        mayHoldGzip = table.format() instanceof SourceTable.RecordFormat.CloudWatchLogs;
        rows = RowFormats.of(table).map(format -> new RowsOfFields(format, fields(table)));
        raw = new byte[rawChunk];
        bytes = new byte[chunk + Window.SLACK];
    }

    /** Files of rows, and what is read of each. */
    private record RowsOfFields(RowFormat format, Set<String> fields) {
        FileRows of(ObjectSource source) {
            return format.rows(source, fields);
        }
    }

    /** For a table without masks. */
    static ObjectDecoder of(SourceTable table) {
        return of(table, Optional.empty());
    }

    /** @param key of masked columns, where the table has some */
    public static ObjectDecoder of(SourceTable table, Optional<HashKey> key) {
        return new ObjectDecoder(table, key, CHUNK, RAW_CHUNK);
    }

    /** Whether the object begins like one of those whose compression is taken off. */
    public static boolean isCompressed(byte[] object) {
        return LandedBytes.isCompressed(object, Math.min(object.length, LandedBytes.MAGIC));
    }

    /** A decoder that reads on by so few bytes that every record meets the end of what was read. */
    static ObjectDecoder of(SourceTable table, int chunk) {
        return of(table, Optional.empty(), chunk);
    }

    static ObjectDecoder of(SourceTable table, Optional<HashKey> key, int chunk) {
        return new ObjectDecoder(table, key, chunk, Math.max(LandedBytes.MAGIC, chunk));
    }

    private static Set<String> fields(SourceTable table) {
        return table.sourceColumns().stream()
                .map(SourceColumn::origin)
                .filter(Origin.Member.class::isInstance)
                .map(origin -> ((Origin.Member) origin).pointer().members().get(0))
                .collect(Collectors.toSet());
    }

    /** The same for an object that may be read from anywhere. */
    public long decode(ObjectSource source, LandingHour hour, RecordSink sink) throws IOException {
        if (rows.isPresent()) {
            return rows(rows.get().of(source), hour, sink);
        }
        try (InputStream landed = source.whole()) {
            return decode(landed, hour, sink);
        }
    }

    private long rows(FileRows file, LandingHour hour, RecordSink sink) throws IOException {
        row.landed(hour);
        JsonRecords json = (JsonRecords) records;
        RowText text = new RowText();
        long record = 0;
        try (file) {
            while (file.next(text)) {
                record++;
                Fault fault = json.one(text.bytes(), text.length(), row);
                if (fault == null) {
                    sink.row(record, row);
                } else {
                    byte[] payload = Arrays.copyOf(text.bytes(), Math.min(text.length(), Violation.MAX_PAYLOAD_BYTES));
                    sink.violation(new Violation(
                            record, fault.reason(), json.faultyPlace(), fault.text(), payload, text.length()));
                }
            }
            if (file.damage().isPresent()) {
                record++;
                String detail = file.damage().get();
                sink.violation(new Violation(record, Reason.DAMAGED_COMPRESSION, "", detail, new byte[0], 0));
            }
        }
        return record;
    }

    /**
     * Reads every record of the object, hands those of the table to the sink in order, and returns how many of these there
     * were, clean and quarantined. Closes nothing. An exception is the source's or the sink's own: damage in the object is a violation.
     */
    public long decode(InputStream landedBytes, LandingHour hour, RecordSink sink) throws IOException {
        row.landed(hour);
        try (LandedBytes landed = new LandedBytes(landedBytes, raw, mayHoldGzip)) {
            Window window = new Window(landed, bytes, chunk, longestRecord);
            window.skipByteOrderMark();
            long count = records.read(window, row, sink);
            bytes = window.bytes;
            if (landed.damage() == null || !records.takesTheRest()) {
                return count - records.ofOthers();
            }
            long damaged = count + 1;
            sink.violation(new Violation(
                    damaged,
                    Reason.DAMAGED_COMPRESSION,
                    "",
                    requireNonNull(landed.damage()),
                    window.cutOffPayload(),
                    window.cutOffLength()));
            return damaged - records.ofOthers();
        }
    }
}
