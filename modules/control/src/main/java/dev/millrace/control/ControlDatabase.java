package dev.millrace.control;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * The control database: plans, stamps, edges, books and the run ledger. Connections are lent to a callback and always
 * returned. Opening it brings the schema up to this version; a schema of a later version is refused, so an older binary can
 * do no harm.
 */
public final class ControlDatabase implements AutoCloseable {
    /** The newest migration this binary knows. */
    public static final int SCHEMA_VERSION = 3;

    private static final SqlFile SQL = SqlFile.of(ControlDatabase.class);

    private final KeptConnections connections;

    private ControlDatabase(KeptConnections connections) {
        this.connections = connections;
    }

    /** Connects, and migrates forward where that is due. */
    public static ControlDatabase open(String url, String user, String password) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("currentSchema", "millrace");
        properties.setProperty("ApplicationName", "millrace");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        ControlDatabase database = new ControlDatabase(new KeptConnections(url, properties));
        database.migrate();
        return database;
    }

    /** Work on a connection that gives nothing back. */
    public interface Task {
        void on(Connection connection) throws SQLException;
    }

    public <T> T read(KeptConnections.Work<T> work) {
        try {
            return connections.lend(work);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** One transaction: all of the task, or nothing of it. */
    public void transact(Task task) {
        try {
            connections.lend(connection -> {
                connection.setAutoCommit(false);
                task.on(connection);
                connection.commit();
                return connection;
            });
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** One of its own, for what lasts as long as the connection. */
    Connection connect() throws SQLException {
        return connections.open();
    }

    @Override
    public void close() {
        connections.close();
    }

    static JobException failed(SQLException e) {
        return SqlFailure.of("control database", e);
    }

    private void migrate() {
        transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(SQL.statement("lock"));
                statement.execute(SQL.statement("prepare"));
            }
            int version = version(connection);
            if (version > SCHEMA_VERSION) {
                throw new JobException(
                        ExitCode.USAGE,
                        "The control database has schema version " + version + ", and this Millrace knows "
                                + SCHEMA_VERSION + ": run the newer Millrace that migrated it.");
            }
            for (int next = version + 1; next <= SCHEMA_VERSION; next++) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(SqlFile.text(ControlDatabase.class, String.format("migrations/%04d.sql", next)));
                }
                try (PreparedStatement statement = connection.prepareStatement(SQL.statement("migrated"))) {
                    statement.setInt(1, next);
                    statement.executeUpdate();
                }
            }
        });
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SQL.statement("version"))) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
