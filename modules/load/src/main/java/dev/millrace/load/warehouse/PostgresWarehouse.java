package dev.millrace.load.warehouse;

import dev.millrace.contract.Column;
import dev.millrace.control.KeptConnections;
import dev.millrace.control.SqlFailure;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A warehouse in Postgres 15 or later. */
public final class PostgresWarehouse implements Warehouse {
    /** The newest ledger this binary knows. */
    public static final int LEDGER_VERSION = 1;

    static final String SCHEMA = "millrace";
    static final String INTERNAL = "millrace_internal";

    private static final Statements LEDGER = Statements.of("postgres/ledger.sql");
    private static final Statements TALLY = Statements.of("postgres/tally.sql");

    private final KeptConnections connections;
    private final Duration patience;

    private PostgresWarehouse(KeptConnections connections, Duration patience) {
        this.connections = connections;
        this.patience = patience;
    }

    /** Patience is how long to wait for a lock that somebody else holds on a table. */
    public static PostgresWarehouse of(String url, String user, String password, Duration patience) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", "millrace load");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        return new PostgresWarehouse(new KeptConnections(url, properties), patience);
    }

    <T> T with(KeptConnections.Work<T> work) {
        try {
            return connections.lend(connection -> {
                try (PreparedStatement statement = connection.prepareStatement(LEDGER.text("patience"))) {
                    statement.setString(1, patience.toMillis() + "ms");
                    statement.execute();
                }
                return work.on(connection);
            });
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    <T> T transact(KeptConnections.Work<T> work) {
        return with(connection -> {
            connection.setAutoCommit(false);
            T result = work.on(connection);
            connection.commit();
            return result;
        });
    }

    static JobException failed(SQLException e) {
        return SqlFailure.of("warehouse", e);
    }

    @Override
    public void prepare() {
        transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(LEDGER.text("lock"));
                if (!isPrepared(connection)) {
                    create(connection);
                }
                try (ResultSet row = statement.executeQuery(LEDGER.text("version"))) {
                    row.next();
                    if (row.getInt(1) > LEDGER_VERSION) {
                        throw new JobException(
                                ExitCode.USAGE,
                                "The warehouse's ledger has version " + row.getInt(1) + ", and this Millrace knows "
                                        + LEDGER_VERSION + ": run the newer Millrace that migrated it.");
                    }
                }
            }
            return true;
        });
    }

    private static boolean isPrepared(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LEDGER.text("exists"))) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LEDGER.text("prepare"));
        }
        try (PreparedStatement statement = connection.prepareStatement(LEDGER.text("set_version"))) {
            statement.setInt(1, LEDGER_VERSION);
            statement.executeUpdate();
        }
    }

    @Override
    public boolean shape(WarehouseTable table) {
        return transact(connection -> {
            // "create if not exists" is no answer to two at once.
            try (Statement statement = connection.createStatement()) {
                statement.execute(LEDGER.text("lock"));
            }
            return new TableShape(table).bring(connection);
        });
    }

    @Override
    public SortedMap<String, LedgerEntry> ledger(String table) {
        return with(connection -> {
            SortedMap<String, LedgerEntry> entries = new TreeMap<>();
            if (!isPrepared(connection)) {
                return entries;
            }
            try (PreparedStatement query = connection.prepareStatement(LEDGER.text("ledger"))) {
                query.setString(1, table);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        entries.put(
                                row.getString("period"),
                                new LedgerEntry(
                                        row.getString("period"),
                                        row.getString("content"),
                                        row.getLong("rows"),
                                        row.getLong("fence"),
                                        row.getString("run_id")));
                    }
                }
            }
            return entries;
        });
    }

    @Override
    public Loaded load(TableLoad load) {
        return PostgresLoad.begin(this, load).run();
    }

    @Override
    public SortedMap<String, Tally> tally(WarehouseTable table, Collection<String> periods, ChecksumKind kind) {
        String prefix = kind.name().toLowerCase(Locale.ROOT);
        String values = digested(table).stream()
                .map(column -> TALLY.text(
                        prefix + "_" + Wire.of(column.type()).name().toLowerCase(Locale.ROOT),
                        Map.of("column", Statements.name(column.name()))))
                .collect(Collectors.joining(kind == ChecksumKind.MD5 ? " || " : ", "));
        String sql = TALLY.text(prefix, Map.of("target", Statements.name(SCHEMA, table.name()), "values", values));
        return with(connection -> {
            SortedMap<String, Tally> tallies = new TreeMap<>();
            if (!exists(connection, table)) {
                return tallies;
            }
            try (PreparedStatement query = connection.prepareStatement(sql)) {
                query.setBoolean(1, periods.isEmpty());
                query.setArray(2, connection.createArrayOf("text", periods.toArray()));
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        tallies.put(
                                row.getString(1),
                                new Tally(row.getLong(2), row.getBigDecimal(3).toBigIntegerExact()));
                    }
                }
            }
            return tallies;
        });
    }

    /** A table that was never loaded holds no rows of any period. */
    private static boolean exists(Connection connection, WarehouseTable table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(TALLY.text("exists"))) {
            query.setString(1, Statements.name(SCHEMA, table.name()));
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    @Override
    public RowChecksum checksum(WarehouseTable table, ChecksumKind kind) {
        return switch (kind) {
            case FAST -> new HashedRows(digested(table));
            case MD5 -> new Md5Rows(digested(table));
        };
    }

    @Override
    public void close() {
        connections.close();
    }

    /** The period is not digested: the sums are taken by period. */
    private static List<Column> digested(WarehouseTable table) {
        return table.stored();
    }
}
