package dev.millrace.lake;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.Lineage;
import dev.millrace.contract.SourceTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.DateTimeUtil;
import org.jspecify.annotations.Nullable;

/** Reads back what is stored of objects that have gone, so that a rebuilt hour keeps their rows. */
public final class StoredRows {
    private StoredRows() {}

    /** Takes a stored clean row; the row is lent. */
    public interface Sink {
        void row(Row row, String object, String etag, long record) throws IOException;
    }

    /** Takes a stored quarantined record. */
    public interface QuarantineSink {
        void record(String hour, QuarantineFile.Quarantined bad) throws IOException;
    }

    static void read(Table table, SourceTable source, String hour, Set<String> objects, Sink sink) {
        List<Column> columns = source.columns();
        scan(table, hour, objects, stored -> {
            Row row = row(columns, stored);
            sink.row(row, text(stored, Lineage.OBJECT), text(stored, Lineage.ETAG), (Long)
                    stored.getField(Lineage.RECORD));
        });
    }

    static void readQuarantine(Table table, String hour, Set<String> objects, QuarantineSink sink) {
        scan(table, hour, objects, stored -> sink.record(hour, quarantined(stored)));
    }

    static void readQuarantine(Table table, QuarantineSink sink) {
        scan(table, Expressions.alwaysTrue(), stored -> sink.record(text(stored, Lineage.HOUR), quarantined(stored)));
    }

    private static QuarantineFile.Quarantined quarantined(Record stored) {
        ByteBuffer payload = ((ByteBuffer) stored.getField("payload")).duplicate();
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return new QuarantineFile.Quarantined(
                text(stored, Lineage.OBJECT),
                text(stored, Lineage.ETAG),
                (Long) stored.getField(Lineage.RECORD),
                text(stored, "reason"),
                text(stored, "pointer"),
                text(stored, "detail"),
                bytes,
                (Long) stored.getField("bytes"));
    }

    private interface RecordSink {
        void record(Record record) throws IOException;
    }

    private static void scan(Table table, String hour, Set<String> objects, RecordSink sink) {
        Expression wanted = Expressions.and(
                Expressions.equal(Lineage.HOUR, hour), Expressions.in(Lineage.OBJECT, objects.toArray()));
        scan(table, wanted, sink);
    }

    private static void scan(Table table, Expression wanted, RecordSink sink) {
        if (table.currentSnapshot() == null) {
            return;
        }
        try (CloseableIterable<Record> records =
                IcebergGenerics.read(table).where(wanted).build()) {
            for (Record record : records) {
                sink.record(record);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Record record, String field) {
        return String.valueOf(record.getField(field));
    }

    private static Row row(List<Column> columns, Record stored) {
        @Nullable Object[] values = new @Nullable Object[columns.size()];
        for (int column = 0; column < values.length; column++) {
            Object value = stored.getField(columns.get(column).name());
            if (value != null && columns.get(column).type() instanceof FieldType.Text) {
                values[column] = value.toString().getBytes(StandardCharsets.UTF_8);
            } else {
                values[column] = value == null ? null : number(value);
            }
        }
        return new BoxedRow(values);
    }

    private static Long number(Object value) {
        if (value instanceof Boolean truth) {
            return truth ? 1L : 0L;
        }
        if (value instanceof BigDecimal decimal) {
            return decimal.unscaledValue().longValueExact();
        }
        if (value instanceof Double real) {
            return Double.doubleToLongBits(real);
        }
        if (value instanceof LocalDate date) {
            return date.toEpochDay();
        }
        if (value instanceof OffsetDateTime time) {
            // Not by Instant, which counts in nanoseconds and has no room for those of the year 9999.
            return DateTimeUtil.microsFromTimestamptz(time);
        }
        return ((Number) value).longValue();
    }
}
