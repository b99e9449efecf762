package dev.millrace.lake;

import dev.millrace.contract.FieldType;
import dev.millrace.contract.SourceTable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.parquet.ParquetValueWriter;
import org.apache.iceberg.parquet.TripleWriter;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;

/** Writes clean rows column by column, without an object per value. */
final class CleanRowWriter implements ParquetValueWriter<CleanRow> {
    /** What a column's 64 bits are in Parquet. */
    private enum Kind {
        TEXT,
        BOOLEAN,
        INT,
        LONG,
        DOUBLE
    }

    private final Kind[] kinds;
    private final int[] positions;
    private final List<ColumnDescriptor> columns;
    private final byte[] hour;
    private final int[] lineage;
    private ColumnWriter[] out = new ColumnWriter[0];

    CleanRowWriter(SourceTable table, MessageType type, String hour) {
        this.columns = type.getColumns();
        this.hour = hour.getBytes(StandardCharsets.UTF_8);
        int count = table.columns().size();
        this.kinds = new Kind[count];
        this.positions = new int[count];
        for (int column = 0; column < count; column++) {
            kinds[column] = kind(table.columns().get(column).type());
            positions[column] = position(table.columns().get(column).name());
        }
        this.lineage = new int[] {
            position("_object"), position("_etag"), position("_record"), position("_hour"), position("_period")
        };
    }

    private int position(String name) {
        for (int at = 0; at < columns.size(); at++) {
            if (columns.get(at).getPath()[0].equals(name)) {
                return at;
            }
        }
        throw new IllegalStateException("the lake table has no column " + name);
    }

    private static Kind kind(FieldType type) {
        if (type instanceof FieldType.Text) {
            return Kind.TEXT;
        }
        if (type instanceof FieldType.Bool) {
            return Kind.BOOLEAN;
        }
        if (type instanceof FieldType.Int32 || type instanceof FieldType.Date) {
            return Kind.INT;
        }
        if (type instanceof FieldType.Decimal decimal) {
            return decimal.precision() <= 9 ? Kind.INT : Kind.LONG;
        }
        if (type instanceof FieldType.Float64) {
            return Kind.DOUBLE;
        }
        return Kind.LONG;
    }

    @Override
    public void write(int repetitionLevel, CleanRow clean) {
        Row row = Objects.requireNonNull(clean.row);
        for (int column = 0; column < kinds.length; column++) {
            ColumnWriter writer = out[positions[column]];
            if (row.isNull(column)) {
                writer.writeNull(0, 0);
                continue;
            }
            switch (kinds[column]) {
                case TEXT ->
                    writer.write(
                            Binary.fromReusedByteArray(
                                    row.textBytes(column), row.textStart(column), row.textLength(column)),
                            0,
                            1);
                case BOOLEAN -> writer.write(row.number(column) != 0, 0, 1);
                case INT -> writer.write((int) row.number(column), 0, 1);
                case LONG -> writer.write(row.number(column), 0, 1);
                case DOUBLE -> writer.write(Double.longBitsToDouble(row.number(column)), 0, 1);
            }
        }
        out[lineage[0]].write(Binary.fromConstantByteArray(clean.object), 0, 0);
        out[lineage[1]].write(Binary.fromConstantByteArray(clean.etag), 0, 0);
        out[lineage[2]].write(clean.record, 0, 0);
        out[lineage[3]].write(Binary.fromConstantByteArray(hour), 0, 0);
        out[lineage[4]].write(Binary.fromConstantByteArray(clean.period), 0, 0);
    }

    @Override
    public List<TripleWriter<?>> columns() {
        return List.of();
    }

    @Override
    public void setColumnStore(ColumnWriteStore store) {
        out = columns.stream().map(store::getColumnWriter).toArray(ColumnWriter[]::new);
    }
}
