package dev.millrace.transform.publish;

import dev.millrace.contract.FieldType;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The types of a contract as the lake stores them. */
public final class LakeTypes {
    private LakeTypes() {}

    public static Type of(FieldType type) {
        if (type instanceof FieldType.Bool) {
            return Types.BooleanType.get();
        }
        if (type instanceof FieldType.Int32) {
            return Types.IntegerType.get();
        }
        if (type instanceof FieldType.Int64) {
            return Types.LongType.get();
        }
        if (type instanceof FieldType.Decimal decimal) {
            return Types.DecimalType.of(decimal.precision(), decimal.scale());
        }
        if (type instanceof FieldType.Float64) {
            return Types.DoubleType.get();
        }
        if (type instanceof FieldType.Date) {
            return Types.DateType.get();
        }
        if (type instanceof FieldType.Timestamp) {
            return Types.TimestampType.withZone();
        }
        return Types.StringType.get();
    }
}
