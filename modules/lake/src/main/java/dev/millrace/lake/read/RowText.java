package dev.millrace.lake.read;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** A row as JSON text, in a buffer that is used again and again. */
public final class RowText {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'");
    private static final int SLACK = 16;
    private static final long JULIAN_EPOCH = 2_440_588L;
    private static final long NANOS_A_DAY = 86_400_000_000_000L;

    private byte[] bytes = new byte[4096];
    private int length;

    /** The text, with room behind it. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    private void room(int more) {
        if (length + more + SLACK > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more + SLACK));
        }
    }

    private void add(String ascii) {
        room(ascii.length());
        for (int i = 0; i < ascii.length(); i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
    }

    /** Bytes that are no UTF-8 stay what they are, for the record to be judged by. */
    private void string(byte[] text) {
        room(6 * text.length + 2);
        bytes[length++] = '"';
        for (byte c : text) {
            if (c == '"' || c == '\\') {
                bytes[length++] = '\\';
                bytes[length++] = c;
            } else if (c >= 0 && c < ' ') {
                add(String.format("\\u%04x", c));
                room(6 * text.length + 2);
            } else {
                bytes[length++] = c;
            }
        }
        bytes[length++] = '"';
    }

    void group(Group group) {
        GroupType type = group.getType();
        String separator = "{";
        for (int field = 0; field < type.getFieldCount(); field++) {
            add(separator);
            string(type.getFieldName(field).getBytes(StandardCharsets.UTF_8));
            add(":");
            field(group, field);
            separator = ",";
        }
        add(type.getFieldCount() == 0 ? "{}" : "}");
        bytes[length] = 0;
    }

    private void field(Group group, int field) {
        Type type = group.getType().getType(field);
        int count = group.getFieldRepetitionCount(field);
        if (type.isRepetition(Type.Repetition.REPEATED)) {
            array(group, field, type);
        } else if (count == 0) {
            add("null");
        } else {
            value(group, field, 0, type);
        }
    }

    private void array(Group group, int field, Type type) {
        String separator = "[";
        int count = group.getFieldRepetitionCount(field);
        for (int i = 0; i < count; i++) {
            add(separator);
            value(group, field, i, type);
            separator = ",";
        }
        add(count == 0 ? "[]" : "]");
    }

    private void value(Group group, int field, int index, Type type) {
        if (type.isPrimitive()) {
            primitive(group, field, index, type.asPrimitiveType());
            return;
        }
        Group inner = group.getGroup(field, index);
        LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        if (logical instanceof ListLogicalTypeAnnotation) {
            list(inner);
        } else if (logical instanceof MapLogicalTypeAnnotation) {
            map(inner);
        } else {
            group(inner);
        }
    }

    /** The items of a list, whether or not its repeated field is a group around each of them. */
    private void list(Group list) {
        Type repeated = list.getType().getType(0);
        boolean wrapped = !repeated.isPrimitive()
                && repeated.asGroupType().getFieldCount() == 1
                && !repeated.getName().equals("array")
                && !repeated.getName().endsWith("_tuple");
        if (!wrapped) {
            array(list, 0, repeated);
            return;
        }
        String separator = "[";
        int count = list.getFieldRepetitionCount(0);
        for (int i = 0; i < count; i++) {
            add(separator);
            field(list.getGroup(0, i), 0);
            separator = ",";
        }
        add(count == 0 ? "[]" : "]");
    }

    /** Keys that are no texts are written as the text of their value. */
    private void map(Group map) {
        String separator = "{";
        int count = map.getFieldRepetitionCount(0);
        for (int i = 0; i < count; i++) {
            Group entry = map.getGroup(0, i);
            add(separator);
            Type key = entry.getType().getType(0);
            boolean text =
                    key.isPrimitive() && key.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
            string(
                    text
                            ? entry.getBinary(0, 0).getBytes()
                            : entry.getValueToString(0, 0).getBytes(StandardCharsets.UTF_8));
            add(":");
            if (entry.getType().getFieldCount() > 1) {
                field(entry, 1);
            } else {
                add("null");
            }
            separator = ",";
        }
        add(count == 0 ? "{}" : "}");
    }

    private void primitive(Group group, int field, int index, PrimitiveType type) {
        @Nullable LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        switch (type.getPrimitiveTypeName()) {
            case BOOLEAN -> add(group.getBoolean(field, index) ? "true" : "false");
            case INT32 -> whole(group.getInteger(field, index), logical);
            case INT64 -> whole(group.getLong(field, index), logical);
            case FLOAT -> {
                float value = group.getFloat(field, index);
                real(Float.toString(value), Float.isFinite(value));
            }
            case DOUBLE -> {
                double value = group.getDouble(field, index);
                real(Double.toString(value), Double.isFinite(value));
            }
            case INT96 -> {
                ByteBuffer parts = group.getInt96(field, index).toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
                long nanos = parts.getLong();
                time(Instant.ofEpochSecond((parts.getInt() - JULIAN_EPOCH) * (NANOS_A_DAY / 1_000_000_000L), nanos));
            }
            default -> {
                byte[] value = group.getBinary(field, index).getBytes();
                if (logical instanceof DecimalLogicalTypeAnnotation decimal) {
                    add(new BigDecimal(new BigInteger(value), decimal.getScale()).toPlainString());
                } else {
                    string(value);
                }
            }
        }
    }

    private void real(String text, boolean finite) {
        if (finite) {
            add(text);
        } else {
            string(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void whole(long value, @Nullable LogicalTypeAnnotation logical) {
        if (logical instanceof DecimalLogicalTypeAnnotation decimal) {
            add(BigDecimal.valueOf(value, decimal.getScale()).toPlainString());
        } else if (logical instanceof LogicalTypeAnnotation.DateLogicalTypeAnnotation) {
            add('"' + LocalDate.ofEpochDay(value).toString() + '"');
        } else if (logical instanceof TimestampLogicalTypeAnnotation timestamp) {
            time(instant(value, timestamp.getUnit()));
        } else if (logical instanceof LogicalTypeAnnotation.IntLogicalTypeAnnotation number && !number.isSigned()) {
            add(number.getBitWidth() == 64 ? Long.toUnsignedString(value) : Long.toString(value & 0xffffffffL));
        } else {
            add(Long.toString(value));
        }
    }

    private static Instant instant(long value, TimeUnit unit) {
        long inSecond = switch (unit) {
            case MILLIS -> 1_000L;
            case MICROS -> 1_000_000L;
            case NANOS -> 1_000_000_000L;
        };
        return Instant.ofEpochSecond(
                Math.floorDiv(value, inSecond), Math.floorMod(value, inSecond) * (1_000_000_000L / inSecond));
    }

    private void time(Instant instant) {
        add('"' + TIME.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC)) + '"');
    }
}
