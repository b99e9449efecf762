package dev.millrace.lake.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.FieldType;
import dev.millrace.lake.read.PinnedTable.Wanted;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads what Iceberg's own writer wrote, however it encoded it, as Iceberg's own reader does. */
final class SplitReaderTest {
    private static final Schema SCHEMA = new Schema(
            NestedField.optional(1, "few", Types.StringType.get()),
            NestedField.optional(2, "many", Types.StringType.get()),
            NestedField.optional(3, "int", Types.IntegerType.get()),
            NestedField.optional(4, "long", Types.LongType.get()),
            NestedField.optional(5, "small", Types.DecimalType.of(9, 3)),
            NestedField.optional(6, "large", Types.DecimalType.of(18, 3)),
            NestedField.optional(7, "double", Types.DoubleType.get()),
            NestedField.optional(8, "date", Types.DateType.get()),
            NestedField.optional(9, "time", Types.TimestampType.withZone()),
            NestedField.optional(10, "flag", Types.BooleanType.get()),
            NestedField.required(11, "number", Types.LongType.get()),
            NestedField.optional(12, "nothing", Types.StringType.get()),
            NestedField.required(13, "_period", Types.StringType.get()));
    private static final FieldType TEXT = new FieldType.Text(OptionalInt.empty());
    private static final List<Wanted> WANTED = List.of(
            new Wanted("few", TEXT),
            new Wanted("many", TEXT),
            new Wanted("int", new FieldType.Int32()),
            new Wanted("long", new FieldType.Int64()),
            new Wanted("small", new FieldType.Decimal(9, 3)),
            new Wanted("large", new FieldType.Decimal(18, 3)),
            new Wanted("double", new FieldType.Float64()),
            new Wanted("date", new FieldType.Date()),
            new Wanted("time", new FieldType.Timestamp()),
            new Wanted("flag", new FieldType.Bool()),
            new Wanted("number", new FieldType.Int64()),
            new Wanted("nothing", TEXT));

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final InMemoryCatalog catalog = new InMemoryCatalog();

    SplitReaderTest() {
        catalog.initialize("test", Map.of());
        catalog.createNamespace(Namespace.of("base"));
    }

    private Table table(Map<String, String> properties) {
        return catalog.buildTable(TableIdentifier.of("base", "t"), SCHEMA)
                .withPartitionSpec(
                        PartitionSpec.builderFor(SCHEMA).identity("_period").build())
                .withProperties(properties)
                .create();
    }

    private void write(Table table, String period, int rows, int nullsOutOf) throws IOException {
        PartitionData partition = new PartitionData(table.spec().partitionType());
        partition.set(0, period);
        DataWriter<GenericRecord> writer = Parquet.writeData(table.io()
                        .newOutputFile(table.locationProvider()
                                .newDataLocation(table.spec(), partition, UUID.randomUUID() + ".parquet")))
                .forTable(table)
                .createWriterFunc(type -> GenericParquetWriter.create(table.schema(), type))
                .withPartition(partition)
                .build();
        try (writer) {
            for (int i = 0; i < rows; i++) {
                writer.write(record(i, period, nullsOutOf));
            }
        }
        DataFile file = writer.toDataFile();
        table.newAppend().appendFile(file).commit();
    }

    private GenericRecord record(long number, String period, int nullsOutOf) {
        GenericRecord record = GenericRecord.create(SCHEMA);
        List<Object> values = List.of(
                "country " + random.nextInt(30),
                "ü" + random.nextLong(),
                random.nextInt(),
                random.nextLong(),
                BigDecimal.valueOf(random.nextInt(1_999_999_999) - 999_999_999, 3),
                BigDecimal.valueOf(random.nextLong() % 1_000_000_000_000_000_000L, 3),
                random.nextDouble(),
                LocalDate.ofEpochDay(random.nextInt(40_000)),
                OffsetDateTime.ofInstant(Instant.ofEpochMilli(random.nextLong() >> 20), ZoneOffset.UTC),
                random.nextBoolean());
        for (int i = 0; i < values.size(); i++) {
            record.set(i, nullsOutOf > 0 && random.nextInt(nullsOutOf) == 0 ? null : values.get(i));
        }
        record.set(10, number);
        record.set(12, period);
        return record;
    }

    @ParameterizedTest
    @CsvSource({"zstd,v1", "gzip,v1", "uncompressed,v1", "zstd,v2"})
    void readsWhatIcebergWrote(String codec, String pages) throws IOException {
        Table table = table(Map.of(
                "write.parquet.compression-codec", codec,
                "write.parquet.page-version", pages,
                "write.parquet.page-size-bytes", "20000",
                "write.parquet.row-group-size-bytes", "300000",
                "write.parquet.dict-encoding-enabled.column.long", "false"));
        write(table, "2026-01-05", 20_000, 4);
        write(table, "2026-01-06", 3_000, 0);
        write(table, "2026-01-07", 3_000, 1);

        assertThat(read(table, List.of("2026-01-05", "2026-01-06")))
                .as("seed " + seed)
                .containsExactlyInAnyOrderElementsOf(expected(table, List.of("2026-01-05", "2026-01-06")));
        assertThat(read(table, List.of("2026-01-07")))
                .containsExactlyInAnyOrderElementsOf(expected(table, List.of("2026-01-07")));
        assertThat(PinnedTable.of(table).splits(List.of("2026-01-05"))).hasSizeGreaterThan(1);
    }

    @Test
    void seesNothingOfLaterCommits() throws IOException {
        Table table = table(Map.of());
        write(table, "2026-01-05", 10, 3);
        PinnedTable pinned = PinnedTable.of(table);
        write(table, "2026-01-05", 7, 3);

        assertThat(pinned.splits().stream().mapToLong(SplitReader::rows).sum()).isEqualTo(10);
        assertThat(PinnedTable.of(table).splits().stream()
                        .mapToLong(SplitReader::rows)
                        .sum())
                .isEqualTo(17);
    }

    @Test
    void givesNullsForAColumnThatCameLater() throws IOException {
        Table table = table(Map.of());
        write(table, "2026-01-05", 10, 3);
        table.updateSchema().addColumn("later", Types.StringType.get()).commit();
        PinnedTable pinned = PinnedTable.of(table);

        try (SplitReader reader =
                pinned.open(pinned.splits().get(0), List.of(new Wanted("later", TEXT), new Wanted("few", TEXT)))) {
            assertThat(reader.next()).isTrue();
            for (int row = 0; row < reader.rows(); row++) {
                assertThat(reader.column(0).isNull(row)).isTrue();
            }
            assertThat(reader.next()).isFalse();
        }
    }

    private static List<String> read(Table table, List<String> periods) {
        PinnedTable pinned = PinnedTable.of(table);
        List<String> rows = new ArrayList<>();
        for (Split split : pinned.splits(periods)) {
            try (SplitReader reader = pinned.open(split, WANTED)) {
                while (reader.next()) {
                    for (int row = 0; row < reader.rows(); row++) {
                        rows.add(split.partition() + text(reader, row));
                    }
                }
            }
        }
        return rows;
    }

    private static String text(SplitReader reader, int row) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < WANTED.size(); i++) {
            Vector column = reader.column(i);
            text.append('|');
            if (column.isNull(row)) {
                text.append('-');
            } else if (WANTED.get(i).type() instanceof FieldType.Text) {
                text.append(new String(column.bytes(), column.start(row), column.length(row), StandardCharsets.UTF_8));
            } else {
                text.append(column.number(row));
            }
        }
        return text.toString();
    }

    private static List<String> expected(Table table, List<String> periods) throws IOException {
        List<String> rows = new ArrayList<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
            for (Record record : records) {
                String period = Objects.toString(record.getField("_period"));
                if (periods.contains(period)) {
                    StringBuilder text = new StringBuilder(period);
                    for (int i = 0; i < WANTED.size(); i++) {
                        text.append('|').append(number(record.get(i)));
                    }
                    rows.add(text.toString());
                }
            }
        }
        return rows;
    }

    private static Object number(@Nullable Object value) {
        if (value == null) {
            return "-";
        } else if (value instanceof BigDecimal decimal) {
            return decimal.unscaledValue();
        } else if (value instanceof Double number) {
            return Double.doubleToRawLongBits(number);
        } else if (value instanceof LocalDate day) {
            return day.toEpochDay();
        } else if (value instanceof OffsetDateTime time) {
            return ChronoUnit.MICROS.between(OffsetDateTime.of(1970, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC), time);
        } else if (value instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        return value;
    }
}
