package dev.millrace.load.warehouse;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.control.TableLock;
import dev.millrace.job.Awaited;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.job.Milestone;
import dev.millrace.lake.read.PinnedTable;
import dev.millrace.lake.read.PinnedTable.Wanted;
import dev.millrace.lake.read.Split;
import dev.millrace.lake.read.SplitReader;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to load the changed periods of one table. Periods of which the warehouse has rows go through a staging table and
 * converge, so that rows that did not change are not written; the others are copied straight into the table. Both happen
 * in the one transaction that writes the ledger.
 */
final class PostgresLoad {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresLoad.class);
    private static final Statements LEDGER = Statements.of("postgres/ledger.sql");
    private static final Statements CONVERGE = Statements.of("postgres/converge.sql");
    private static final String STAGING = "staging_";

    private final PostgresWarehouse warehouse;
    private final TableLoad load;
    private final WarehouseTable table;
    private final long fence;
    private final String target;
    private final String staging;
    private final List<Wanted> wanted;

    private PostgresLoad(PostgresWarehouse warehouse, TableLoad load, long fence) {
        this.warehouse = warehouse;
        this.load = load;
        this.table = load.table();
        this.fence = fence;
        this.target = Statements.name(PostgresWarehouse.SCHEMA, table.name());
        this.staging = Statements.name(PostgresWarehouse.INTERNAL, stagingName(table.name(), fence));
        this.wanted = table.stored().stream()
                .map(column -> new Wanted(column.name(), column.type()))
                .toList();
    }

    /** Takes the table's next number: from here on no attempt with a smaller one can commit. */
    static PostgresLoad begin(PostgresWarehouse warehouse, TableLoad load) {
        long fence = warehouse.with(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(LEDGER.text("take_fence"))) {
                statement.setString(1, load.table().name());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                }
            }
        });
        return new PostgresLoad(warehouse, load, fence);
    }

    long fence() {
        return fence;
    }

    Loaded run() {
        dropLeftovers();
        Set<String> filled = warehouse.with(this::filledPeriods);
        Queue<Split> converging = splits(filled);
        stage(filled, converging);
        Milestone.passed("load.staged");
        return publish(filled);
    }

    private static String stagingName(String table, long fence) {
        return STAGING + fence + "_" + table;
    }

    /** Staging tables of earlier attempts. One that is still being written to waits for the attempt after this one. */
    private void dropLeftovers() {
        warehouse.with(connection -> {
            List<String> leftovers = new ArrayList<>();
            try (Statement query = connection.createStatement();
                    ResultSet row = query.executeQuery(LEDGER.text("staging_tables"))) {
                while (row.next()) {
                    if (isLeftover(row.getString(1))) {
                        leftovers.add(row.getString(1));
                    }
                }
            }
            try (PreparedStatement statement = connection.prepareStatement(LEDGER.text("patience"))) {
                statement.setString(1, "200ms");
                statement.execute();
            }
            for (String leftover : leftovers) {
                try (Statement drop = connection.createStatement()) {
                    drop.execute(CONVERGE.text(
                            "drop_staging", Map.of("staging", Statements.name(PostgresWarehouse.INTERNAL, leftover))));
                    LOG.info("Dropped {}, left behind by an earlier attempt", leftover);
                } catch (SQLException e) {
                    if (!"55P03".equals(e.getSQLState())) {
                        throw e;
                    }
                    LOG.warn("{} is still being written to by an earlier attempt, which cannot commit", leftover);
                }
            }
            return leftovers;
        });
    }

    private boolean isLeftover(String relation) {
        int end = relation.indexOf('_', STAGING.length());
        if (end < 0 || !relation.substring(end + 1).equals(table.name())) {
            return false;
        }
        try {
            return Long.parseLong(relation.substring(STAGING.length(), end)) < fence;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private Set<String> filledPeriods(Connection connection) throws SQLException {
        Set<String> filled = new HashSet<>();
        try (PreparedStatement query =
                connection.prepareStatement(CONVERGE.text("filled_periods", Map.of("target", target)))) {
            query.setArray(1, texts(connection, load.periods()));
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    filled.add(row.getString(1));
                }
            }
        }
        return filled;
    }

    private Queue<Split> splits(Set<String> periods) {
        Optional<PinnedTable> lake = load.lake();
        return new ConcurrentLinkedQueue<>(
                lake.isEmpty() || periods.isEmpty() ? List.of() : lake.get().splits(periods));
    }

    private void stage(Set<String> filled, Queue<Split> splits) {
        if (filled.isEmpty()) {
            return;
        }
        execute("create_staging", Map.of("staging", staging, "target", target));
        int connections = Math.min(load.connections(), splits.size());
        if (connections == 0) {
            return;
        }
        ExecutorService pool = Executors.newFixedThreadPool(connections);
        try {
            List<Future<Long>> copies = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                copies.add(pool.submit(() -> warehouse.with(connection -> copy(connection, staging, splits))));
            }
            for (Future<Long> copy : copies) {
                Awaited.result(copy);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ExitCode.TEMPORARY, "Interrupted while loading table " + table.name() + ".", e);
        } finally {
            pool.shutdownNow();
        }
        execute("analyze_staging", Map.of("staging", staging));
    }

    private void execute(String statement, Map<String, String> gaps) {
        warehouse.with(connection -> {
            try (Statement sql = connection.createStatement()) {
                return sql.execute(CONVERGE.text(statement, gaps));
            }
        });
    }

    private long copy(Connection connection, String into, Queue<Split> splits) throws SQLException {
        if (splits.isEmpty()) {
            return 0;
        }
        PinnedTable lake = load.lake().orElseThrow();
        CopyIn copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn(CONVERGE.text("copy", Map.of("into", into, "columns", columns(""))));
        try {
            BinaryRows rows = new BinaryRows(copy, table.stored());
            for (Split split = splits.poll(); split != null; split = splits.poll()) {
                byte[] period = split.partition().getBytes(StandardCharsets.UTF_8);
                try (SplitReader batches = lake.open(split, wanted)) {
                    while (batches.next()) {
                        rows.add(batches, period);
                    }
                }
            }
            return rows.finish();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private Loaded publish(Set<String> filled) {
        return warehouse.with(connection -> {
            connection.setAutoCommit(false);
            confirmFence(connection);
            if (!filledPeriods(connection).equals(filled)) {
                throw new JobException(
                        ExitCode.TEMPORARY,
                        "Somebody else wrote to table " + table.name()
                                + " of the warehouse while it was loaded: nothing" + " was committed. Try again.");
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute(CONVERGE.text("settings"));
            }
            long deleted = 0;
            long updated = 0;
            long inserted = 0;
            if (!filled.isEmpty()) {
                deleted = change(connection, "delete", filled);
                updated = assigned().isEmpty() ? 0 : change(connection, "update", filled);
                inserted = change(connection, "insert", filled);
                long replaced = replaceRepeated(connection, filled);
                deleted += replaced;
            }
            Set<String> empty = new HashSet<>(load.periods());
            empty.removeAll(filled);
            inserted += copy(connection, target, splits(empty));
            summarize(connection);
            Map<String, Long> counts = count(connection, target, load.periods());
            writeLedger(connection, counts);
            if (!filled.isEmpty()) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(CONVERGE.text("drop_staging", Map.of("staging", staging)));
                }
            }
            Milestone.passed("load.converged");
            commit(connection);
            Milestone.passed("load.committed");
            long rows = counts.values().stream().mapToLong(Long::longValue).sum();
            return new Loaded(fence, rows, deleted, updated, inserted);
        });
    }

    /** The index leaves new pages to be looked through until it is told to take them in. */
    private void summarize(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(CONVERGE.text("summarize"))) {
            query.setString(1, TableShape.index(table));
            query.execute();
        }
    }

    private void confirmFence(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(LEDGER.text("confirm_fence"))) {
            query.setString(1, table.name());
            try (ResultSet row = query.executeQuery()) {
                if (!row.next() || row.getLong(1) != fence) {
                    throw TableLock.lost(table.name());
                }
            }
        }
    }

    private long change(Connection connection, String statement, Set<String> periods) throws SQLException {
        Map<String, String> gaps = new HashMap<>();
        gaps.put("target", target);
        gaps.put("staging", staging);
        gaps.put("match", match());
        gaps.put("columns", columns(""));
        gaps.put("staged", statement.equals("update") ? list("staged.", assigned()) : columns("staged."));
        gaps.put("held", list("held.", assigned()));
        gaps.put(
                "assign",
                assigned().stream()
                        .map(Statements::name)
                        .map(name -> name + " = staged." + name)
                        .collect(Collectors.joining(", ")));
        try (PreparedStatement change = connection.prepareStatement(CONVERGE.text(statement, gaps))) {
            change.setArray(1, texts(connection, periods));
            return change.executeLargeUpdate();
        }
    }

    /**
     * Convergence compares by the grain, so it leaves a row alone that somebody put there twice. A period that has another
     * number of rows than was staged is therefore replaced whole.
     */
    private long replaceRepeated(Connection connection, Set<String> periods) throws SQLException {
        Map<String, Long> held = count(connection, target, periods);
        Map<String, Long> staged = count(connection, staging, periods);
        Set<String> wrong = new HashSet<>(periods);
        wrong.removeIf(period -> held.getOrDefault(period, 0L).equals(staged.getOrDefault(period, 0L)));
        if (wrong.isEmpty()) {
            return 0;
        }
        LOG.warn("Table {} had rows twice in {}: replaced whole", table.name(), wrong);
        long deleted = change(connection, "delete_periods", wrong);
        change(connection, "insert_periods", wrong);
        return deleted;
    }

    private static Map<String, Long> count(Connection connection, String relation, Collection<String> periods)
            throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        try (PreparedStatement query =
                connection.prepareStatement(CONVERGE.text("count_periods", Map.of("target", relation)))) {
            query.setArray(1, texts(connection, periods));
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    counts.put(row.getString(1), row.getLong(2));
                }
            }
        }
        return counts;
    }

    private void writeLedger(Connection connection, Map<String, Long> counts) throws SQLException {
        try (PreparedStatement save = connection.prepareStatement(LEDGER.text("save"));
                PreparedStatement forget = connection.prepareStatement(LEDGER.text("forget"))) {
            for (Map.Entry<String, Optional<String>> period : load.contents().entrySet()) {
                if (period.getValue().isPresent()) {
                    save.setString(1, table.name());
                    save.setString(2, period.getKey());
                    save.setString(3, period.getValue().get());
                    save.setLong(4, counts.getOrDefault(period.getKey(), 0L));
                    save.setLong(5, fence);
                    save.setString(6, load.runId());
                    save.setTimestamp(7, Timestamp.from(load.now()));
                    save.addBatch();
                } else {
                    forget.setString(1, table.name());
                    forget.setString(2, period.getKey());
                    forget.addBatch();
                }
            }
            save.executeBatch();
            forget.executeBatch();
        }
        try (PreparedStatement statement = connection.prepareStatement(LEDGER.text("commit_fence"))) {
            statement.setLong(1, fence);
            statement.setString(2, table.name());
            statement.executeUpdate();
        }
    }

    private void commit(Connection connection) throws SQLException {
        try {
            connection.commit();
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (!state.startsWith("08") && !state.startsWith("57")) {
                throw e;
            }
            if (!committedAfterAll(e)) {
                throw PostgresWarehouse.failed(e);
            }
            LOG.warn("The connection broke during the commit of table {}, which had succeeded", table.name());
        }
    }

    /** The fence's row is locked by the transaction in doubt, so that this waits until that has ended. */
    private boolean committedAfterAll(SQLException doubt) {
        try {
            return warehouse.transact(connection -> {
                try (PreparedStatement query = connection.prepareStatement(LEDGER.text("committed"))) {
                    query.setString(1, table.name());
                    try (ResultSet row = query.executeQuery()) {
                        return row.next() && row.getLong(1) == fence;
                    }
                }
            });
        } catch (JobException unreachable) {
            doubt.addSuppressed(unreachable);
            throw new JobException(
                    ExitCode.COMMIT_UNKNOWN,
                    "The connection to the warehouse broke while table " + table.name()
                            + " was being committed: it is not known whether it was. Try again: the ledger is asked"
                            + " first.",
                    doubt);
        }
    }

    private String match() {
        return table.grain().stream()
                .map(table::column)
                .map(PostgresLoad::match)
                .collect(Collectors.joining(" and "));
    }

    private static String match(Column column) {
        String name = Statements.name(column.name());
        if (column.required()) {
            return CONVERGE.text("match_required", Map.of("column", name));
        }
        return CONVERGE.text("match_nullable", Map.of("column", name, "stand_in", standIn(column.type())));
    }

    private static String standIn(FieldType type) {
        return CONVERGE.text(
                switch (Wire.of(type)) {
                    case TEXT -> "stand_in_text";
                    case BOOLEAN -> "stand_in_boolean";
                    case INT4, INT8, NUMERIC, FLOAT8 -> "stand_in_number";
                    case DATE -> "stand_in_date";
                    case TIMESTAMPTZ -> "stand_in_timestamptz";
                });
    }

    /** What an update may have to change: all but what identifies the row. */
    private List<String> assigned() {
        return table.stored().stream()
                .map(Column::name)
                .filter(name -> !table.grain().contains(name))
                .toList();
    }

    private String columns(String prefix) {
        return list(prefix, table.columns().stream().map(Column::name).toList());
    }

    private static String list(String prefix, List<String> names) {
        return names.stream().map(name -> prefix + Statements.name(name)).collect(Collectors.joining(", "));
    }

    private static Array texts(Connection connection, Collection<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }
}
