package dev.millrace.transform.export;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.spark.sql.Row;

/** RFC 4180 with a header and line feeds: null is an empty field, an empty text a quoted one, a time ISO in UTC. */
final class CsvFile implements RowFile {
    private final BufferedWriter out;
    private final List<Column> columns;
    private final char delimiter;

    CsvFile(Path file, List<Column> columns, char delimiter) throws IOException {
        this.out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
        this.columns = columns;
        this.delimiter = delimiter;
        for (int i = 0; i < columns.size(); i++) {
            field(i, columns.get(i).name());
        }
        out.write('\n');
    }

    @Override
    public void write(Row row) throws IOException {
        for (int i = 0; i < columns.size(); i++) {
            if (row.isNullAt(i)) {
                separate(i);
            } else {
                field(i, text(columns.get(i).type(), row.get(i)));
            }
        }
        out.write('\n');
    }

    private void separate(int column) throws IOException {
        if (column > 0) {
            out.write(delimiter);
        }
    }

    private void field(int column, String text) throws IOException {
        separate(column);
        boolean plain = !text.isEmpty()
                && text.chars()
                        .noneMatch(letter -> letter == delimiter || letter == '"' || letter == '\n' || letter == '\r');
        out.write(plain ? text : "\"" + text.replace("\"", "\"\"") + "\"");
    }

    private static String text(FieldType type, Object value) {
        if (type instanceof FieldType.Timestamp) {
            return Instant.EPOCH.plus((Long) value, ChronoUnit.MICROS).toString();
        }
        if (type instanceof FieldType.Date) {
            return LocalDate.ofEpochDay((Integer) value).toString();
        }
        return value instanceof BigDecimal number ? number.toPlainString() : value.toString();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
