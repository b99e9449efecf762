package dev.millrace.control;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The right to commit to a table. Two things guard it: a lock that ends with its connection, so that a dead holder blocks
 * nobody, and a fence, a number that rises with every holder, so that a holder that only seemed dead is refused wherever it
 * comes late: by the lake's commit and by {@link #confirm}.
 */
public final class TableLock implements AutoCloseable {
    private static final SqlFile SQL = SqlFile.of(TableLock.class);

    private final Connection connection;
    private final String table;
    private final long fence;

    private TableLock(Connection connection, String table, long fence) {
        this.connection = connection;
        this.table = table;
        this.fence = fence;
    }

    /** Waits for the lock, but not longer than told: then the run is to be tried again. */
    public static TableLock take(ControlDatabase control, String table, Duration patience) {
        Connection connection = null;
        try {
            connection = control.connect();
            try (PreparedStatement statement = connection.prepareStatement(SQL.statement("patience"))) {
                statement.setString(1, patience.toMillis() + "ms");
                statement.execute();
            }
            try (PreparedStatement statement = connection.prepareStatement(SQL.statement("take"))) {
                statement.setString(1, table);
                statement.execute();
            }
            long fence;
            try (PreparedStatement statement = connection.prepareStatement(SQL.statement("fence"))) {
                statement.setString(1, table);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    fence = row.getLong(1);
                }
            }
            return new TableLock(connection, table, fence);
        } catch (SQLException e) {
            release(connection);
            if ("55P03".equals(e.getSQLState())) {
                throw new JobException(
                        ExitCode.TEMPORARY,
                        (isSource(table)
                                        ? "Source " + table + " is being landed"
                                        : "Table " + table + " is being committed to")
                                + " by another run for more than " + patience.toSeconds() + " s: try again.",
                        e);
            }
            throw ControlDatabase.failed(e);
        }
    }

    /**
     * The right to take from a source, a queue or a stream: one run at a time, as only it can tell what of it has landed. It is
     * fenced as a table's is.
     */
    public static TableLock takeSource(ControlDatabase control, String source, Duration patience) {
        return take(control, source, patience);
    }

    /** Sources have names such as {@code sqs:login-queue}; no table's has a colon. */
    private static boolean isSource(String name) {
        return name.indexOf(':') >= 0;
    }

    public long fence() {
        return fence;
    }

    public String table() {
        return table;
    }

    /**
     * Makes sure, within a transaction of the control database, that nobody has taken the lock since; it stays so until the
     * transaction ends.
     */
    public void confirm(Connection transaction) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(SQL.statement("confirm"))) {
            statement.setString(1, table);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next() || row.getLong(1) != fence) {
                    throw lost(table);
                }
            }
        }
    }

    /** What an attempt is told that was overtaken by a later one. */
    public static JobException lost(String table) {
        return new JobException(
                ExitCode.TEMPORARY,
                "Another run took over " + (isSource(table) ? "source " : "table ") + table
                        + " while this one was busy: nothing was committed by this one. Try" + " again.");
    }

    @Override
    public void close() {
        release(connection);
    }

    private static void release(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                // The lock ends with the connection, however that ends.
            }
        }
    }
}
