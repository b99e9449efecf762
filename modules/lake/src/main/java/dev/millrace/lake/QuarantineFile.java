package dev.millrace.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.io.DataWriter;

/** A file of quarantined records that is being written. */
public final class QuarantineFile implements AutoCloseable {
    private final LakeTable table;
    private final DataWriter<GenericRecord> writer;
    private final GenericRecord template;
    private final String hour;

    QuarantineFile(LakeTable table, DataWriter<GenericRecord> writer, GenericRecord template, String hour) {
        this.table = table;
        this.writer = writer;
        this.template = template;
        this.hour = hour;
    }

    /** A record that is not clean, and why. The payload may be the beginning of it only; bytes is its whole length. */
    public record Quarantined(
            String object,
            String etag,
            long record,
            String reason,
            String pointer,
            String detail,
            byte[] payload,
            long bytes) {

        /** The same with another payload in place of its own. */
        public Quarantined with(byte[] other) {
            return new Quarantined(object, etag, record, reason, pointer, detail, other, bytes);
        }
    }

    public void write(Quarantined bad) {
        GenericRecord row = template.copy();
        row.setField("_object", bad.object());
        row.setField("_etag", bad.etag());
        row.setField("_record", bad.record());
        row.setField("_hour", hour);
        row.setField("reason", bad.reason());
        row.setField("pointer", bad.pointer());
        row.setField("detail", bad.detail());
        row.setField("payload", ByteBuffer.wrap(bad.payload()));
        row.setField("bytes", bad.bytes());
        writer.write(row);
    }

    public LakeFile finished() {
        close();
        return table.describe(writer.toDataFile(), hour);
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
