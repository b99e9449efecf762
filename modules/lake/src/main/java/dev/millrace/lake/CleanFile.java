package dev.millrace.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.iceberg.io.DataWriter;

/** A file of clean rows that is being written. It is in the store when it is closed, and in the table when it is committed. */
public final class CleanFile implements AutoCloseable {
    private final LakeTable table;
    private final DataWriter<CleanRow> writer;
    private final String hour;
    private final CleanRow clean = new CleanRow();

    CleanFile(LakeTable table, DataWriter<CleanRow> writer, String hour) {
        this.table = table;
        this.writer = writer;
        this.hour = hour;
    }

    public void write(Row row, byte[] object, byte[] etag, long record, byte[] period) {
        writer.write(clean.of(row, object, etag, record, period));
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
