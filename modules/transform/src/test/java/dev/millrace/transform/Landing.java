package dev.millrace.transform;

import dev.millrace.contract.Column;
import dev.millrace.contract.Contract;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.LandingHour;
import dev.millrace.contract.ModelTable;
import dev.millrace.contract.Origin;
import dev.millrace.contract.Period;
import dev.millrace.contract.SourceColumn;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Books;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.Edge;
import dev.millrace.control.HourBook;
import dev.millrace.control.MadeOf;
import dev.millrace.control.ObjectBook;
import dev.millrace.control.PartitionBook;
import dev.millrace.control.Partitions;
import dev.millrace.environment.Secret;
import dev.millrace.job.Digest;
import dev.millrace.local.Services;
import dev.millrace.local.TestServices;
import dev.millrace.transform.session.LakeAccess;
import dev.millrace.transform.session.LakeSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** Clean hours of one table as an ingest would leave them, and what the base rows of them must be. */
public final class Landing {
    static final Clock CLOCK = Clock.systemUTC();
    static final Services SERVICES = TestServices.shared().isolated("transform");
    static final LakeAccess LAKE = new LakeAccess(
            SERVICES.postgres().controlUrl(),
            SERVICES.postgres().user(),
            Secret.of(SERVICES.postgres().password()),
            "s3://" + SERVICES.s3().lake(),
            Map.of(
                    "client.region", Secret.of(SERVICES.s3().region()),
                    "s3.path-style-access", Secret.of("true"),
                    "s3.endpoint", Secret.of(SERVICES.s3().endpoint()),
                    "s3.access-key-id", Secret.of(SERVICES.s3().accessKey()),
                    "s3.secret-access-key", Secret.of(SERVICES.s3().secretKey()),
                    "http-client.apache.expect-continue-enabled", Secret.of("false")));
    static final ControlDatabase CONTROL = control();
    public static final LakeSession SESSION = LakeSession.open(LAKE, "tests");
    private final SourceTable table;
    private final List<ModelTable> models = new ArrayList<>();
    private final SortedMap<String, List<Clean>> hours = new TreeMap<>();
    private int runs;

    /** One clean row. */
    record Clean(@Nullable String id, @Nullable Integer value, String object, long record, String hour, String period) {
        String place() {
            return object + "#" + record;
        }
    }

    private Landing(SourceTable table) {
        this.table = table;
        SESSION.ensureNamespace("clean");
        Schema schema = new Schema(
                NestedField.optional(1, "id", Types.StringType.get()),
                NestedField.optional(2, "value", Types.IntegerType.get()),
                NestedField.required(3, "_object", Types.StringType.get()),
                NestedField.required(4, "_etag", Types.StringType.get()),
                NestedField.required(5, "_record", Types.LongType.get()),
                NestedField.required(6, "_hour", Types.StringType.get()),
                NestedField.required(7, "_period", Types.StringType.get()));
        SESSION.catalog()
                .createTable(
                        TableIdentifier.of("clean", table.name()),
                        schema,
                        PartitionSpec.builderFor(schema).identity("_hour").build());
    }

    static Landing keyed(String name, int windowHours) {
        return new Landing(table(name, List.of("id"), windowHours));
    }

    static Landing keyless(String name) {
        return new Landing(table(name, List.of(), 0));
    }

    private static SourceTable table(String name, List<String> key, int windowHours) {
        return new SourceTable(
                name,
                "",
                name + "/",
                SourceTable.KeyLayout.FIREHOSE,
                new SourceTable.RecordFormat.Json(),
                List.of(
                        new SourceColumn(
                                new Column("id", new FieldType.Text(OptionalInt.empty()), !key.isEmpty(), ""),
                                new Origin.Header("id"),
                                List.of()),
                        new SourceColumn(
                                new Column("value", new FieldType.Int32(), false, ""),
                                new Origin.Header("value"),
                                List.of())),
                key,
                new SourceTable.EventTime(Optional.empty(), true),
                Period.DAY,
                windowHours,
                0,
                SourceTable.UnknownFields.IGNORE,
                BigDecimal.ZERO,
                SourceTable.RepeatedObjects.KEEP,
                1 << 20);
    }

    private static ControlDatabase control() {
        ControlDatabase control = ControlDatabase.open(
                SERVICES.postgres().controlUrl(),
                SERVICES.postgres().user(),
                SERVICES.postgres().password());
        control.transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("create schema if not exists lake_catalog");
            }
        });
        return control;
    }

    SourceTable table() {
        return table;
    }

    Landing with(ModelTable model) {
        models.removeIf(known -> known.name().equals(model.name()));
        models.add(model);
        return this;
    }

    Contract contract() {
        return new Contract("tests", "1", "", "", "0 0 * * *", Duration.ZERO, List.of(table), models);
    }

    TransformResult run() {
        runs++;
        return job().run();
    }

    TransformResult plan() {
        return job().plan();
    }

    private TransformJob job() {
        return new TransformJob(contract(), CONTROL, LAKE, table.name() + "-" + runs, CLOCK);
    }

    /** The hour as it is from now on: rows written as {@code id/value@period}, an object each line. */
    void hour(String hour, String... objects) {
        List<Clean> rows = new ArrayList<>();
        for (int object = 0; object < objects.length; object++) {
            String key = table.name() + "/" + hour + "-" + object;
            long record = 0;
            for (String row : objects[object].split(" ")) {
                record++;
                if (!row.isEmpty()) {
                    String[] parts = row.split("[/@]");
                    rows.add(new Clean(
                            parts[0].equals("-") ? null : parts[0],
                            parts[1].equals("-") ? null : Integer.valueOf(parts[1]),
                            key,
                            record,
                            hour,
                            parts[2]));
                }
            }
        }
        hour(hour, rows);
    }

    void hour(String hour, List<Clean> rows) {
        hours.put(hour, rows);
        Table clean = lake("clean", table.name());
        OverwriteFiles overwrite = clean.newOverwrite().overwriteByRowFilter(Expressions.equal("_hour", hour));
        if (!rows.isEmpty()) {
            overwrite.addFile(write(clean, hour, rows));
        }
        overwrite.commit();
        Map<String, List<Clean>> byPeriod = rows.stream().collect(Collectors.groupingBy(Clean::period));
        List<Edge> edges = byPeriod.entrySet().stream()
                .map(entry -> new Edge(
                        hour,
                        entry.getKey(),
                        entry.getValue().size(),
                        Digest.of(entry.getValue().toString()),
                        Digest.of(entry.getValue().stream()
                                .map(row -> row.id() + row.place())
                                .sorted()
                                .toList()
                                .toString())))
                .toList();
        HourBook book = new HourBook(
                hour,
                1,
                false,
                MadeOf.of(Map.of()),
                List.of(new ObjectBook("all", "e", 1, Optional.empty(), true, true, rows.size(), rows.size(), 0, 0)),
                new TreeMap<>(),
                rows.size(),
                "plan");
        CONTROL.transact(connection ->
                new Books(CONTROL).record(connection, table.name(), book, Optional.of(edges), CLOCK.instant()));
    }

    private static DataFile write(Table clean, String hour, List<Clean> rows) {
        PartitionData partition = new PartitionData(clean.spec().partitionType());
        partition.set(0, hour);
        try {
            DataWriter<GenericRecord> writer = Parquet.writeData(clean.io()
                            .newOutputFile(clean.locationProvider()
                                    .newDataLocation(clean.spec(), partition, UUID.randomUUID() + ".parquet")))
                    .forTable(clean)
                    .createWriterFunc(type -> GenericParquetWriter.create(clean.schema(), type))
                    .withPartition(partition)
                    .build();
            try (writer) {
                for (Clean row : rows) {
                    GenericRecord record = GenericRecord.create(clean.schema());
                    record.set(0, row.id());
                    record.set(1, row.value());
                    record.set(2, row.object());
                    record.set(3, "e");
                    record.set(4, row.record());
                    record.set(5, row.hour());
                    record.set(6, row.period());
                    writer.write(record);
                }
            }
            return writer.toDataFile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the rule book says of the landed rows, the slow way: place of each base row by period. */
    Map<String, TreeSet<String>> expected() {
        Comparator<Clean> order =
                Comparator.comparing(Clean::hour).thenComparing(Clean::object).thenComparing(Clean::record);
        List<Clean> all =
                hours.values().stream().flatMap(List::stream).sorted(order).toList();
        Map<String, TreeSet<String>> expected = new TreeMap<>();
        Map<String, Clean> latest = new HashMap<>();
        for (Clean row : all) {
            Clean earlier = table.key().isEmpty() ? null : latest.put(String.valueOf(row.id()), row);
            boolean duplicate = earlier != null
                    && LandingHour.of(row.hour()).epochHour()
                                    - LandingHour.of(earlier.hour()).epochHour()
                            <= table.dedupWindowHours();
            if (!duplicate) {
                expected.computeIfAbsent(row.period(), period -> new TreeSet<>())
                        .add(row.place() + "=" + row.id() + "/" + row.value());
            }
        }
        return expected;
    }

    Map<String, TreeSet<String>> base() {
        Map<String, TreeSet<String>> base = new TreeMap<>();
        for (Row row : SESSION.spark().table("millrace.base." + table.name()).collectAsList()) {
            base.computeIfAbsent(row.getAs("_period"), period -> new TreeSet<>())
                    .add(row.<String>getAs("_object") + "#" + row.<Long>getAs("_record") + "=" + row.<String>getAs("id")
                            + "/" + row.<Integer>getAs("value"));
        }
        return base;
    }

    SortedMap<String, PartitionBook> books(String of) {
        return new Partitions(CONTROL).of(of);
    }

    static List<Row> model(String name, String order) {
        return SESSION.spark()
                .sql("select * from millrace.model." + name + " order by " + order)
                .collectAsList();
    }

    /** The data files of each period. */
    Map<String, TreeSet<String>> files() {
        Map<String, TreeSet<String>> files = new TreeMap<>();
        for (Row row : SESSION.spark()
                .sql("select partition._period, file_path from millrace.base." + table.name() + ".files")
                .collectAsList()) {
            files.computeIfAbsent(row.getString(0), period -> new TreeSet<>()).add(row.getString(1));
        }
        return files;
    }

    static Table lake(String namespace, String name) {
        return SESSION.find(namespace, name).orElseThrow();
    }

    static long snapshot(String namespace, String name) {
        Snapshot snapshot = lake(namespace, name).currentSnapshot();
        return snapshot == null ? -1 : snapshot.snapshotId();
    }
}
