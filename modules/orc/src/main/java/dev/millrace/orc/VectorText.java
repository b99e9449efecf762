package dev.millrace.orc;

import dev.millrace.lake.read.RowText;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.orc.TypeDescription;
import org.apache.orc.storage.ql.exec.vector.BytesColumnVector;
import org.apache.orc.storage.ql.exec.vector.ColumnVector;
import org.apache.orc.storage.ql.exec.vector.DecimalColumnVector;
import org.apache.orc.storage.ql.exec.vector.DoubleColumnVector;
import org.apache.orc.storage.ql.exec.vector.ListColumnVector;
import org.apache.orc.storage.ql.exec.vector.LongColumnVector;
import org.apache.orc.storage.ql.exec.vector.MapColumnVector;
import org.apache.orc.storage.ql.exec.vector.StructColumnVector;
import org.apache.orc.storage.ql.exec.vector.TimestampColumnVector;

/** Rows of ORC's vectors as JSON. */
final class VectorText {
    private static final long MILLIS_A_SECOND = 1000;

    private final RowText text;

    VectorText(RowText text) {
        this.text = text;
    }

    void struct(TypeDescription type, ColumnVector[] fields, int row) {
        String separator = "{";
        for (int field = 0; field < fields.length; field++) {
            text.add(separator);
            text.string(type.getFieldNames().get(field).getBytes(StandardCharsets.UTF_8));
            text.add(":");
            value(type.getChildren().get(field), fields[field], row);
            separator = ",";
        }
        text.add(fields.length == 0 ? "{}" : "}");
    }

    private void value(TypeDescription type, ColumnVector vector, int row) {
        int at = vector.isRepeating ? 0 : row;
        if (!vector.noNulls && vector.isNull[at]) {
            text.add("null");
            return;
        }
        switch (type.getCategory()) {
            case BOOLEAN -> text.add(((LongColumnVector) vector).vector[at] == 0 ? "false" : "true");
            case BYTE, SHORT, INT, LONG -> text.add(Long.toString(((LongColumnVector) vector).vector[at]));
            case FLOAT -> text.real((float) ((DoubleColumnVector) vector).vector[at]);
            case DOUBLE -> text.real(((DoubleColumnVector) vector).vector[at]);
            case DECIMAL -> text.add(decimal((DecimalColumnVector) vector, at).toPlainString());
            case DATE -> text.date(((LongColumnVector) vector).vector[at]);
            case TIMESTAMP, TIMESTAMP_INSTANT -> text.time(time((TimestampColumnVector) vector, at));
            case STRING, CHAR, VARCHAR, BINARY -> {
                BytesColumnVector bytes = (BytesColumnVector) vector;
                text.string(bytes.vector[at], bytes.start[at], bytes.length[at]);
            }
            case STRUCT -> struct(type, ((StructColumnVector) vector).fields, at);
            case LIST -> list(type.getChildren().get(0), (ListColumnVector) vector, at);
            case MAP -> map(type.getChildren(), (MapColumnVector) vector, at);
            default -> throw new IllegalStateException("no text for " + type.getCategory());
        }
    }

    private void list(TypeDescription items, ListColumnVector list, int at) {
        int first = Math.toIntExact(list.offsets[at]);
        int count = Math.toIntExact(list.lengths[at]);
        String separator = "[";
        for (int item = first; item < first + count; item++) {
            text.add(separator);
            value(items, list.child, item);
            separator = ",";
        }
        text.add(count == 0 ? "[]" : "]");
    }

    private void map(List<TypeDescription> types, MapColumnVector map, int at) {
        int first = Math.toIntExact(map.offsets[at]);
        int count = Math.toIntExact(map.lengths[at]);
        String separator = "{";
        for (int entry = first; entry < first + count; entry++) {
            text.add(separator);
            key(types.get(0), map.keys, entry);
            text.add(":");
            value(types.get(1), map.values, entry);
            separator = ",";
        }
        text.add(count == 0 ? "{}" : "}");
    }

    /** Keys that are no strings are written as the text of their value. */
    private void key(TypeDescription type, ColumnVector keys, int entry) {
        boolean isQuoted = switch (type.getCategory()) {
            case STRING, CHAR, VARCHAR, BINARY, DATE, TIMESTAMP, TIMESTAMP_INSTANT -> true;
            default -> false;
        };
        if (isQuoted && (keys.noNulls || !keys.isNull[keys.isRepeating ? 0 : entry])) {
            value(type, keys, entry);
        } else {
            RowText bare = new RowText();
            new VectorText(bare).value(type, keys, entry);
            text.string(bare.bytes(), 0, bare.length());
        }
    }

    private static BigDecimal decimal(DecimalColumnVector decimals, int at) {
        return decimals.vector[at].getHiveDecimal().bigDecimalValue();
    }

    /** What is without a zone was written as the vector's clock shows it, which is UTC. */
    private static Instant time(TimestampColumnVector times, int at) {
        return Instant.ofEpochSecond(Math.floorDiv(times.time[at], MILLIS_A_SECOND), times.nanos[at]);
    }
}
