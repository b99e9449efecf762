package dev.millrace.transform.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvFileTest {
    private static final FieldType TEXT = new FieldType.Text(OptionalInt.empty());

    private final Path folder;

    CsvFileTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private String written(List<FieldType> types, @Nullable Object... values) throws IOException {
        List<Column> columns =
                types.stream().map(type -> new Column("c", type, false, "")).toList();
        Path file = folder.resolve("file.csv");
        try (CsvFile out = new CsvFile(file, columns, '|')) {
            out.write(RowFactory.create(values));
        }
        return Files.readString(file).replaceFirst("c(\\|c)*\n", "");
    }

    @Test
    void quotesWhatAReaderWouldTakeForSomethingElse() throws IOException {
        assertThat(written(List.of(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT), "a,b", "a|b", "a\"b", "a\nb", "", null))
                .isEqualTo("a,b|\"a|b\"|\"a\"\"b\"|\"a\nb\"|\"\"|\n");
    }

    @Test
    void writesEveryTypeInAFormThatReadsBack() throws IOException {
        assertThat(written(
                        List.of(
                                new FieldType.Timestamp(),
                                new FieldType.Timestamp(),
                                new FieldType.Date(),
                                new FieldType.Decimal(18, 7),
                                new FieldType.Float64(),
                                new FieldType.Bool(),
                                new FieldType.Int64()),
                        -1L,
                        1_767_582_000_000_000L,
                        -1,
                        new BigDecimal("0.0000001"),
                        1.5,
                        true,
                        Long.MIN_VALUE))
                .isEqualTo("1969-12-31T23:59:59.999999Z|2026-01-05T03:00:00Z|1969-12-31|0.0000001|1.5|true"
                        + "|-9223372036854775808\n");
    }
}
