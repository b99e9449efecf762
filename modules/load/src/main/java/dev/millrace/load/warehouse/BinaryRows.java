package dev.millrace.load.warehouse;

import dev.millrace.contract.Column;
import dev.millrace.lake.read.SplitReader;
import dev.millrace.lake.read.Vector;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.postgresql.copy.CopyIn;

/** Turns batches into the rows of a binary COPY, through one buffer that is used again and again. */
final class BinaryRows {
    private static final byte[] HEADER = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int FLUSH_AT = 256 * 1024;

    private final CopyIn copy;
    private final Wire[] wires;
    private final int[] scales;
    private byte[] buffer = new byte[FLUSH_AT * 2];
    private int end;
    private long rows;

    /** The columns are those stored in the lake; the period comes last. */
    BinaryRows(CopyIn copy, List<Column> stored) {
        this.copy = copy;
        this.wires = stored.stream().map(column -> Wire.of(column.type())).toArray(Wire[]::new);
        this.scales =
                stored.stream().mapToInt(column -> Wire.scale(column.type())).toArray();
        System.arraycopy(HEADER, 0, buffer, 0, HEADER.length);
        this.end = HEADER.length;
    }

    void add(SplitReader batch, byte[] period) throws SQLException {
        int columns = wires.length;
        Vector[] vectors = new Vector[columns];
        for (int i = 0; i < columns; i++) {
            vectors[i] = batch.column(i);
        }
        for (int row = 0; row < batch.rows(); row++) {
            room(2);
            Wire.putShort(buffer, end, columns + 1);
            end += 2;
            for (int i = 0; i < columns; i++) {
                add(vectors[i], row, wires[i], scales[i]);
            }
            addBytes(period, 0, period.length);
            if (end >= FLUSH_AT) {
                flush();
            }
        }
        rows += batch.rows();
    }

    private void add(Vector column, int row, Wire wire, int scale) {
        if (column.isNull(row)) {
            room(4);
            Wire.putInt(buffer, end, -1);
            end += 4;
        } else if (wire == Wire.TEXT) {
            addBytes(column.bytes(), column.start(row), column.length(row));
        } else {
            room(4 + Wire.MOST);
            int length = wire.put(column, row, scale, buffer, end + 4);
            Wire.putInt(buffer, end, length);
            end += 4 + length;
        }
    }

    private void addBytes(byte[] bytes, int start, int length) {
        room(4 + length);
        Wire.putInt(buffer, end, length);
        System.arraycopy(bytes, start, buffer, end + 4, length);
        end += 4 + length;
    }

    /** Ends the COPY and tells how many rows it took. */
    long finish() throws SQLException {
        room(2);
        Wire.putShort(buffer, end, -1);
        end += 2;
        flush();
        copy.endCopy();
        return rows;
    }

    private void flush() throws SQLException {
        copy.writeToCopy(buffer, 0, end);
        end = 0;
    }

    private void room(int bytes) {
        if (end + bytes > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, end + bytes));
        }
    }
}
