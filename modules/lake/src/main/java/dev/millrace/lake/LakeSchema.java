package dev.millrace.lake;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.Lineage;
import dev.millrace.contract.SourceTable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/** Contract columns as Iceberg has them. Columns are optional in the lake: what is required is judged by the contract in force. */
final class LakeSchema {
    private LakeSchema() {}

    static Schema clean(SourceTable table) {
        List<NestedField> fields = new ArrayList<>();
        for (Column column : table.columns()) {
            fields.add(NestedField.optional(fields.size() + 1, column.name(), type(column.type())));
        }
        fields.add(NestedField.required(fields.size() + 1, Lineage.OBJECT, Types.StringType.get()));
        fields.add(NestedField.required(fields.size() + 1, Lineage.ETAG, Types.StringType.get()));
        fields.add(NestedField.required(fields.size() + 1, Lineage.RECORD, Types.LongType.get()));
        fields.add(NestedField.required(fields.size() + 1, Lineage.HOUR, Types.StringType.get()));
        fields.add(NestedField.required(fields.size() + 1, Lineage.PERIOD, Types.StringType.get()));
        return new Schema(fields);
    }

    static Schema quarantine() {
        return new Schema(
                NestedField.required(1, Lineage.OBJECT, Types.StringType.get()),
                NestedField.required(2, Lineage.ETAG, Types.StringType.get()),
                NestedField.required(3, Lineage.RECORD, Types.LongType.get()),
                NestedField.required(4, Lineage.HOUR, Types.StringType.get()),
                NestedField.required(5, "reason", Types.StringType.get()),
                NestedField.required(6, "pointer", Types.StringType.get()),
                NestedField.required(7, "detail", Types.StringType.get()),
                NestedField.required(8, "payload", Types.BinaryType.get()),
                NestedField.required(9, "bytes", Types.LongType.get()));
    }

    static Type type(FieldType type) {
        if (type instanceof FieldType.Text) {
            return Types.StringType.get();
        }
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
        throw new IllegalStateException("no lake type for " + type);
    }
}
