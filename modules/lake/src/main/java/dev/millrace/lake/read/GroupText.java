package dev.millrace.lake.read;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
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

/** Groups of Parquet's fields as JSON. */
final class GroupText {
    private static final long JULIAN_EPOCH = 2_440_588L;
    private static final long NANOS_A_DAY = 86_400_000_000_000L;

    private final RowText text;

    GroupText(RowText text) {
        this.text = text;
    }

    void group(Group group) {
        GroupType type = group.getType();
        String separator = "{";
        for (int field = 0; field < type.getFieldCount(); field++) {
            text.add(separator);
            text.string(type.getFieldName(field).getBytes(StandardCharsets.UTF_8));
            text.add(":");
            field(group, field);
            separator = ",";
        }
        text.add(type.getFieldCount() == 0 ? "{}" : "}");
    }

    private void field(Group group, int field) {
        Type type = group.getType().getType(field);
        int count = group.getFieldRepetitionCount(field);
        if (type.isRepetition(Type.Repetition.REPEATED)) {
            array(group, field, type);
        } else if (count == 0) {
            text.add("null");
        } else {
            value(group, field, 0, type);
        }
    }

    private void array(Group group, int field, Type type) {
        String separator = "[";
        int count = group.getFieldRepetitionCount(field);
        for (int i = 0; i < count; i++) {
            text.add(separator);
            value(group, field, i, type);
            separator = ",";
        }
        text.add(count == 0 ? "[]" : "]");
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
            text.add(separator);
            field(list.getGroup(0, i), 0);
            separator = ",";
        }
        text.add(count == 0 ? "[]" : "]");
    }

    /** Keys that are no texts are written as the text of their value. */
    private void map(Group map) {
        String separator = "{";
        int count = map.getFieldRepetitionCount(0);
        for (int i = 0; i < count; i++) {
            Group entry = map.getGroup(0, i);
            text.add(separator);
            Type key = entry.getType().getType(0);
            boolean isText =
                    key.isPrimitive() && key.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
            text.string(
                    isText
                            ? entry.getBinary(0, 0).getBytes()
                            : entry.getValueToString(0, 0).getBytes(StandardCharsets.UTF_8));
            text.add(":");
            if (entry.getType().getFieldCount() > 1) {
                field(entry, 1);
            } else {
                text.add("null");
            }
            separator = ",";
        }
        text.add(count == 0 ? "{}" : "}");
    }

    private void primitive(Group group, int field, int index, PrimitiveType type) {
        @Nullable LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        switch (type.getPrimitiveTypeName()) {
            case BOOLEAN -> text.add(group.getBoolean(field, index) ? "true" : "false");
            case INT32 -> whole(group.getInteger(field, index), logical);
            case INT64 -> whole(group.getLong(field, index), logical);
            case FLOAT -> text.real(group.getFloat(field, index));
            case DOUBLE -> text.real(group.getDouble(field, index));
            case INT96 -> {
                ByteBuffer parts = group.getInt96(field, index).toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
                long nanos = parts.getLong();
                text.time(
                        Instant.ofEpochSecond((parts.getInt() - JULIAN_EPOCH) * (NANOS_A_DAY / 1_000_000_000L), nanos));
            }
            default -> {
                byte[] value = group.getBinary(field, index).getBytes();
                if (logical instanceof DecimalLogicalTypeAnnotation decimal) {
                    text.add(new BigDecimal(new BigInteger(value), decimal.getScale()).toPlainString());
                } else {
                    text.string(value);
                }
            }
        }
    }

    private void whole(long value, @Nullable LogicalTypeAnnotation logical) {
        if (logical instanceof DecimalLogicalTypeAnnotation decimal) {
            text.add(BigDecimal.valueOf(value, decimal.getScale()).toPlainString());
        } else if (logical instanceof LogicalTypeAnnotation.DateLogicalTypeAnnotation) {
            text.date(value);
        } else if (logical instanceof TimestampLogicalTypeAnnotation timestamp) {
            text.time(instant(value, timestamp.getUnit()));
        } else if (logical instanceof LogicalTypeAnnotation.IntLogicalTypeAnnotation number && !number.isSigned()) {
            text.add(number.getBitWidth() == 64 ? Long.toUnsignedString(value) : Long.toString(value & 0xffffffffL));
        } else {
            text.add(Long.toString(value));
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
}
