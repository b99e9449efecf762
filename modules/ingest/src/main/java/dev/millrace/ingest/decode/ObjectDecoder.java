package dev.millrace.ingest.decode;

import static java.util.Objects.requireNonNull;

import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import java.io.IOException;
import java.io.InputStream;

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
    private final byte[] raw;
    private byte[] bytes;

    private ObjectDecoder(SourceTable table, int chunk, int rawChunk) {
        this.chunk = chunk;
        longestRecord = table.maxRecordBytes();
        ColumnPlan[] plans = ColumnPlan.of(table);
        row = new DecodedRow(plans);
        if (table.format() instanceof SourceTable.RecordFormat.Csv csv) {
            records = new CsvRecords(table, plans, csv);
        } else if (table.format() instanceof SourceTable.RecordFormat.Json json) {
            records = JsonRecords.of(table, json, plans);
        } else if (table.format() instanceof SourceTable.RecordFormat.CloudWatchLogs logs) {
            records = JsonRecords.of(table, logs, plans);
        } else {
            throw new IllegalArgumentException("no decoder for " + table.format());
        }
        mayHoldGzip = table.format() instanceof SourceTable.RecordFormat.CloudWatchLogs;
        raw = new byte[rawChunk];
        bytes = new byte[chunk + Window.SLACK];
    }

    public static ObjectDecoder of(SourceTable table) {
        return new ObjectDecoder(table, CHUNK, RAW_CHUNK);
    }

    /** A decoder that reads on by so few bytes that every record meets the end of what was read. */
    static ObjectDecoder of(SourceTable table, int chunk) {
        return new ObjectDecoder(table, chunk, Math.max(LandedBytes.MAGIC, chunk));
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
