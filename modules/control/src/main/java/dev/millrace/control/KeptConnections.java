package dev.millrace.control;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Connections to a Postgres database, lent to a callback and kept open for the next one: logging in costs a short job more than
 * all that it asks. One is lent again only after the callback ended well, and after the server answered.
 */
public final class KeptConnections implements AutoCloseable {
    private static final int ANSWER_SECONDS = 5;

    private final String url;
    private final Properties properties;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private boolean closed;

    public KeptConnections(String url, Properties properties) {
        this.url = url;
        this.properties = properties;
    }

    /** Work on a connection that commits each statement by itself, unless the work says otherwise. */
    public interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    public <T> T lend(Work<T> work) throws SQLException {
        Connection connection = takeIdle();
        if (connection == null) {
            connection = open();
        }
        try {
            T result = work.on(connection);
            if (isAsNew(connection) && keep(connection)) {
                connection = null;
            }
            return result;
        } finally {
            if (connection != null) {
                connection.close();
            }
        }
    }

    /** One that is never lent again: whoever asked for it closes it. */
    public Connection open() throws SQLException {
        return DriverManager.getConnection(url, properties);
    }

    private @Nullable Connection takeIdle() throws SQLException {
        while (true) {
            Connection connection;
            synchronized (this) {
                connection = idle.pollLast();
            }
            if (connection == null || connection.isValid(ANSWER_SECONDS)) {
                return connection;
            }
            connection.close();
        }
    }

    /** What was not committed is not wanted. A connection that breaks only now does not undo what was done on it. */
    private static boolean isAsNew(Connection connection) {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private synchronized boolean keep(Connection connection) {
        if (!closed) {
            idle.addLast(connection);
        }
        return !closed;
    }

    /** Closes what is not lent; what comes back later is closed then. */
    @Override
    public synchronized void close() {
        closed = true;
        for (Connection connection : idle) {
            try {
                connection.close();
            } catch (SQLException e) {
                // It has ended, one way or the other.
            }
        }
        idle.clear();
    }
}
