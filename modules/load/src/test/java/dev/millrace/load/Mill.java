package dev.millrace.load;

import dev.millrace.contract.Column;
import dev.millrace.contract.Contract;
import dev.millrace.contract.FieldType;
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
import dev.millrace.control.PartitionBook.Layer;
import dev.millrace.control.Partitions;
import dev.millrace.load.audit.AuditReport;
import dev.millrace.load.warehouse.ChecksumKind;
import dev.millrace.load.warehouse.PostgresWarehouse;
import dev.millrace.local.Services;
import dev.millrace.local.TestServices;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** A pipeline with one table of every type and one model with a grain that may be null, and all that surrounds a load. */
public final class Mill {
    public static final String HOUR = "2026-01-05T03";

    /** To make a database for every test would take longer than the tests. */
    private static final class Databases {
        private static final Services OURS = TestServices.shared().isolated("load");
    }

    private final Services services;
    public final ControlDatabase control;
    public final PostgresWarehouse warehouse;
    public final TestLake lake = new TestLake();
    private final SortedMap<String, List<@Nullable Object[]>> visits = new TreeMap<>();
    private Contract contract = contract(visitColumns());
    private int contents;
    private int runs;

    /** Empties what the test before left in the two databases. */
    public Mill() {
        services = Databases.OURS;
        sql(services.postgres().controlUrl(), "drop schema if exists millrace cascade");
        sql("drop schema if exists millrace cascade; drop schema if exists millrace_internal cascade;"
                + " drop table if exists kept");
        control = ControlDatabase.open(
                services.postgres().controlUrl(),
                services.postgres().user(),
                services.postgres().password());
        warehouse = warehouse(Duration.ofSeconds(20));
        lake.create("clean", "visits", schema(List.of("id:string", "_hour:string")));
        lake.create(
                "base",
                "visits",
                schema(List.of(
                        "id:string",
                        "at:timestamptz",
                        "small:int",
                        "big:long",
                        "amount:decimal(18,3)",
                        "ratio:double",
                        "day:date",
                        "flag:boolean",
                        "note:string",
                        "_object:string",
                        "_etag:string",
                        "_record:long",
                        "_period:string")));
        lake.create(
                "model", "visits_by_note", schema(List.of("day:date", "note:string", "visits:long", "_period:string")));
    }

    public PostgresWarehouse warehouse(Duration patience) {
        return PostgresWarehouse.of(
                services.postgres().warehouseUrl(),
                services.postgres().user(),
                services.postgres().password(),
                patience);
    }

    public Services services() {
        return services;
    }

    private static Schema schema(List<String> columns) {
        List<NestedField> fields = new ArrayList<>();
        for (String column : columns) {
            String[] parts = column.split(":", 2);
            fields.add(NestedField.optional(fields.size() + 1, parts[0], Types.fromPrimitiveString(parts[1])));
        }
        return new Schema(fields);
    }

    public static List<Column> visitColumns() {
        return List.of(
                new Column("id", new FieldType.Text(OptionalInt.of(40)), true, "Its id."),
                new Column("at", new FieldType.Timestamp(), false, "When it was."),
                new Column("small", new FieldType.Int32(), false, ""),
                new Column("big", new FieldType.Int64(), false, ""),
                new Column("amount", new FieldType.Decimal(18, 3), false, ""),
                new Column("ratio", new FieldType.Float64(), false, ""),
                new Column("day", new FieldType.Date(), false, ""),
                new Column("flag", new FieldType.Bool(), false, ""),
                new Column("note", new FieldType.Text(OptionalInt.empty()), false, "What they said; it's free text."));
    }

    public static Contract contract(List<Column> visitColumns) {
        SourceTable visits = new SourceTable(
                "visits",
                "One row a visit.",
                "visits/",
                SourceTable.KeyLayout.DATEHOUR,
                new SourceTable.RecordFormat.Json(),
                visitColumns.stream()
                        .map(column -> new SourceColumn(column, new Origin.Header(column.name()), List.of()))
                        .toList(),
                List.of(),
                new SourceTable.EventTime(Optional.of("at"), true),
                Period.DAY,
                0,
                24,
                SourceTable.UnknownFields.IGNORE,
                BigDecimal.ONE,
                SourceTable.RepeatedObjects.DUPLICATE,
                1 << 24);
        ModelTable byNote = new ModelTable(
                "visits_by_note",
                "Visits by day and note.",
                List.of(
                        new Column("day", new FieldType.Date(), false, "The day."),
                        new Column("note", new FieldType.Text(OptionalInt.empty()), false, "The note."),
                        new Column("visits", new FieldType.Int64(), true, "How many.")),
                Period.DAY,
                List.of("day", "note"),
                List.of(new ModelTable.Input("visits", new ModelTable.Reach.Same())),
                "select");
        return new Contract(
                "visits", "1.0.0", "Visits", "", "0 0 * * *", Duration.ofMinutes(30), List.of(visits), List.of(byNote));
    }

    public Contract contract() {
        return contract;
    }

    public void contract(Contract other) {
        contract = other;
    }

    /** A row of {@code visits} without its period; with the number of its record as identity. */
    public static @Nullable Object[] visit(long record, @Nullable String note) {
        return new @Nullable Object[] {
            "id-" + record,
            OffsetDateTime.of(2026, 1, 5, 3, 4, 5, 6_000, ZoneOffset.UTC).plusSeconds(record),
            (int) record,
            record * 10_000_000_000L,
            BigDecimal.valueOf(record * 1_000 + 5, 3),
            record / 3.0,
            LocalDate.of(2026, 1, 5),
            record % 2 == 0,
            note,
            "visits/datehour=2026-01-05-03/part.json",
            "etag",
            record
        };
    }

    /** Publishes periods of {@code visits} as transform does, with books that balance. */
    public void publish(Map<String, List<@Nullable Object[]>> periods) {
        lake.replace("base", "visits", periods);
        visits.putAll(periods);
        long all = visits.values().stream().mapToLong(List::size).sum();
        List<@Nullable Object[]> clean = new ArrayList<>();
        for (int i = 0; i < all; i++) {
            clean.add(new Object[] {"id"});
        }
        lake.replace("clean", "visits", Map.of(HOUR, clean));
        record(periods, all);
    }

    private void record(Map<String, List<@Nullable Object[]>> periods, long all) {
        List<PartitionBook> books = new ArrayList<>();
        SortedMap<String, PartitionBook> before = new Partitions(control).of("visits");
        for (Map.Entry<String, List<@Nullable Object[]>> period : periods.entrySet()) {
            String content = "content-" + contents++;
            books.add(
                    book(period.getKey(), Layer.BASE, content, period.getValue().size()));
            before.put(period.getKey(), books.get(books.size() - 1));
        }
        List<Edge> edges = before.values().stream()
                .filter(book -> book.rows() > 0)
                .map(book -> new Edge(HOUR, book.period(), book.rows(), book.content(), ""))
                .toList();
        HourBook hour = new HourBook(
                HOUR,
                1,
                false,
                MadeOf.of(Map.of()),
                List.of(new ObjectBook("part.json", "etag", 1, Optional.empty(), true, true, all, all, 0, 0)),
                new TreeMap<>(),
                all,
                "plan");
        control.transact(connection -> {
            new Partitions(control).record(connection, "visits", books, Instant.EPOCH);
            new Books(control).record(connection, "visits", hour, Optional.of(edges), Instant.EPOCH);
        });
    }

    private static PartitionBook book(String period, Layer layer, String content, long rows) {
        return new PartitionBook(
                period,
                layer,
                MadeOf.of(rows == 0 ? Map.of() : Map.of("hour:" + HOUR, content)),
                content,
                rows,
                0,
                "",
                "run");
    }

    /** Publishes a period of the model. */
    public void publishModel(String period, List<@Nullable Object[]> rows) {
        lake.replace("model", "visits_by_note", Map.of(period, rows));
        PartitionBook book = book(period, Layer.MODEL, "model-" + contents++, rows.size());
        control.transact(connection ->
                new Partitions(control).record(connection, "visits_by_note", List.of(book), Instant.EPOCH));
    }

    public LoadReport load() {
        return job(Map.of()).run();
    }

    public LoadReport loadAgain(String table, String period) {
        return job(Map.of(table, Set.of(period))).run();
    }

    public LoadJob job(Map<String, Set<String>> again) {
        LoadSettings settings = new LoadSettings("run-" + runs++, 2, Duration.ofSeconds(20), again);
        return new LoadJob(contract, control, () -> lake, warehouse, settings, Clock.systemUTC());
    }

    public AuditReport audit(ChecksumKind kind) {
        return new AuditJob(List.of(contract), control, () -> lake, warehouse, kind, Map.of(), 2).run();
    }

    public void sql(String statement) {
        sql(services.postgres().warehouseUrl(), statement);
    }

    private void sql(String url, String statement) {
        try (Connection connection = DriverManager.getConnection(
                        url, services.postgres().user(), services.postgres().password());
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All rows as texts, null as {@code -}. */
    public List<String> query(String query) {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connect();
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery(query)) {
            int columns = row.getMetaData().getColumnCount();
            while (row.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    String value = row.getString(i);
                    values.add(value == null ? "-" : value);
                }
                rows.add(String.join("|", values));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(
                services.postgres().warehouseUrl(),
                services.postgres().user(),
                services.postgres().password());
    }
}
