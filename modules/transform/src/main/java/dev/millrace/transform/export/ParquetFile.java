package dev.millrace.transform.export;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.transform.publish.LakeTypes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Files;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.spark.sql.Row;

/** Parquet with the model's columns, as the lake has them. */
final class ParquetFile implements RowFile {
    private final FileAppender<Record> out;
    private final GenericRecord template;
    private final List<Column> columns;

    ParquetFile(Path file, List<Column> columns) throws IOException {
        List<NestedField> fields = new ArrayList<>();
        for (Column column : columns) {
            fields.add(NestedField.optional(fields.size() + 1, column.name(), LakeTypes.of(column.type())));
        }
        Schema schema = new Schema(fields);
        this.columns = columns;
        this.template = GenericRecord.create(schema);
        this.out = Parquet.write(Files.localOutput(file.toFile()))
                .schema(schema)
                .createWriterFunc(type -> GenericParquetWriter.create(schema, type))
                .overwrite()
                .build();
    }

    @Override
    public void write(Row row) {
        GenericRecord record = template.copy();
        for (int i = 0; i < columns.size(); i++) {
            if (!row.isNullAt(i)) {
                record.set(i, value(columns.get(i).type(), row.get(i)));
            }
        }
        out.add(record);
    }

    private static Object value(FieldType type, Object value) {
        if (type instanceof FieldType.Timestamp) {
            return Instant.EPOCH.plus((Long) value, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
        }
        return type instanceof FieldType.Date ? LocalDate.ofEpochDay((Integer) value) : value;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
