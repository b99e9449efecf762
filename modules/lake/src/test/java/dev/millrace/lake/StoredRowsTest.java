package dev.millrace.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.Lineage;
import dev.millrace.contract.Origin;
import dev.millrace.contract.Period;
import dev.millrace.contract.SourceColumn;
import dev.millrace.contract.SourceTable;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows whose objects have gone are read back from the lake as ingest wrote them, also at the ends of what a type can hold. */
final class StoredRowsTest {
    private static final String HOUR = "2026-01-05T00";
    private static final long FIRST_SECOND = -62_135_596_800L;
    private static final long LAST_SECOND = 253_402_300_799L;
    private static final SourceTable SOURCE = source(List.of(
            new FieldType.Text(OptionalInt.empty()),
            new FieldType.Bool(),
            new FieldType.Int32(),
            new FieldType.Int64(),
            new FieldType.Decimal(18, 9),
            new FieldType.Decimal(9, 0),
            new FieldType.Float64(),
            new FieldType.Date(),
            new FieldType.Timestamp()));
    private static final List<@Nullable Object> LEAST = List.of(
            "",
            0L,
            (long) Integer.MIN_VALUE,
            Long.MIN_VALUE,
            -999_999_999_999_999_999L,
            -999_999_999L,
            Double.doubleToLongBits(-0.0),
            LocalDate.of(1, 1, 1).toEpochDay(),
            FIRST_SECOND * 1_000_000);
    private static final List<@Nullable Object> GREATEST = List.of(
            "\ud83d\udc3a \u0000",
            1L,
            (long) Integer.MAX_VALUE,
            Long.MAX_VALUE,
            999_999_999_999_999_999L,
            999_999_999L,
            Double.doubleToLongBits(Double.MAX_VALUE),
            LocalDate.of(9999, 12, 31).toEpochDay(),
            LAST_SECOND * 1_000_000 + 999_999);
    private static final List<@Nullable Object> NOTHING = Arrays.asList(new @Nullable Object[LEAST.size()]);

    @Test
    void theEndsOfEveryTypeComeBackAsTheyWere() {
        LakeTable table = table();
        List<List<@Nullable Object>> written = List.of(LEAST, GREATEST, NOTHING);
        try (CleanFile file = table.newCleanFile(SOURCE, HOUR, 1 << 20)) {
            for (int record = 0; record < written.size(); record++) {
                file.write(row(written.get(record)), bytes("events/here"), bytes("e1"), record, bytes("2026-01-05"));
            }
            file.write(row(LEAST), bytes("events/another"), bytes("e2"), 0, bytes("2026-01-05"));
            table.commit(Set.of(HOUR), List.of(file.finished()), "run", 1);
        }

        List<List<@Nullable Object>> read = new ArrayList<>();
        table.stored(SOURCE, HOUR, Set.of("events/here"), (row, object, etag, record) -> {
            assertThat(List.of(object, etag)).containsExactly("events/here", "e1");
            assertThat(record).isEqualTo(read.size());
            read.add(values(row));
        });

        assertThat(read).isEqualTo(written);
    }

    private static LakeTable table() {
        InMemoryCatalog catalog = new InMemoryCatalog();
        catalog.initialize("test", Map.of());
        catalog.createNamespace(Namespace.of("clean"));
        Schema schema = LakeSchema.clean(SOURCE);
        return new LakeTable(catalog.buildTable(TableIdentifier.of("clean", SOURCE.name()), schema)
                .withPartitionSpec(
                        PartitionSpec.builderFor(schema).identity(Lineage.HOUR).build())
                .create());
    }

    private static SourceTable source(List<FieldType> types) {
        List<SourceColumn> columns = new ArrayList<>();
        for (FieldType type : types) {
            Column column = new Column("c" + columns.size(), type, false, "");
            columns.add(new SourceColumn(column, new Origin.Header(column.name()), List.of()));
        }
        return new SourceTable(
                "events",
                "",
                "events/",
                SourceTable.KeyLayout.DATEHOUR,
                new SourceTable.RecordFormat.Csv(','),
                columns,
                List.of(),
                new SourceTable.EventTime(Optional.empty(), true),
                Period.DAY,
                24,
                24,
                SourceTable.UnknownFields.IGNORE,
                BigDecimal.ONE,
                SourceTable.RepeatedObjects.DUPLICATE,
                1 << 20);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Row row(List<@Nullable Object> values) {
        return new BoxedRow(values.stream()
                .map(value -> value instanceof String text ? bytes(text) : value)
                .toArray());
    }

    private static List<@Nullable Object> values(Row row) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int column = 0; column < SOURCE.columns().size(); column++) {
            if (row.isNull(column)) {
                values.add(null);
            } else if (SOURCE.columns().get(column).type() instanceof FieldType.Text) {
                values.add(new String(
                        row.textBytes(column), row.textStart(column), row.textLength(column), StandardCharsets.UTF_8));
            } else {
                values.add(row.number(column));
            }
        }
        return values;
    }
}
