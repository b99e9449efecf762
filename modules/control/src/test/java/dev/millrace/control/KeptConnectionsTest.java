package dev.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class KeptConnectionsTest {
    private static final String OURS = "kept connections test";

    private final TestControl database = TestControl.empty();
    private final KeptConnections connections = of(database);

    private static KeptConnections of(TestControl database) {
        Properties properties = new Properties();
        properties.setProperty("user", database.access().user());
        properties.setProperty("password", database.access().password());
        properties.setProperty("ApplicationName", OURS);
        return new KeptConnections(database.access().controlUrl(), properties);
    }

    @BeforeEach
    void begin() {
        database.execute("drop table if exists public.kept");
    }

    @AfterEach
    void end() {
        connections.close();
    }

    private static int session(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static Void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return null;
    }

    @Test
    void oneSessionServesWorkAfterWork() throws SQLException {
        int first = connections.lend(KeptConnectionsTest::session);
        assertThat(connections.<Integer>lend(KeptConnectionsTest::session)).isEqualTo(first);
    }

    @Test
    void workWithinWorkHasASessionOfItsOwn() throws SQLException {
        boolean same =
                connections.lend(outer -> session(outer) == connections.<Integer>lend(KeptConnectionsTest::session));
        assertThat(same).isFalse();
    }

    @Test
    void whatIsNotCommittedIsUndoneAndTheNextWorkCommitsByItself() throws SQLException {
        connections.lend(connection -> execute(connection, "create table public.kept (id int)"));
        connections.lend(connection -> {
            connection.setAutoCommit(false);
            return execute(connection, "insert into public.kept values (1)");
        });
        connections.lend(connection -> execute(connection, "insert into public.kept values (2)"));
        assertThat(database.texts("select id from public.kept")).containsExactly("2");
    }

    @Test
    void aSessionOnWhichWorkFailedIsNotLentAgain() throws SQLException {
        int failed = connections.lend(KeptConnectionsTest::session);
        assertThatThrownBy(() -> connections.lend(connection -> execute(connection, "select 1 / 0")))
                .isInstanceOf(SQLException.class);
        assertThat(connections.<Integer>lend(KeptConnectionsTest::session)).isNotEqualTo(failed);
    }

    @Test
    void aSessionThatTheServerEndedIsReplaced() throws SQLException {
        int ended = connections.lend(KeptConnectionsTest::session);
        database.execute("select pg_terminate_backend(" + ended + ", 5000)");
        assertThat(connections.<Integer>lend(KeptConnectionsTest::session)).isNotEqualTo(ended);
    }

    @Test
    void noSessionOutlivesTheEnd() throws SQLException {
        connections.lend(outer -> {
            connections.close();
            return session(outer);
        });
        // The server takes note of the end a moment later.
        database.execute("do $$ begin for i in 1..500 loop exit when not exists (select from pg_stat_get_activity(null)"
                + " where application_name = '" + OURS + "'); perform pg_sleep(0.01); end loop; end $$");
        assertThat(database.texts("select pid from pg_stat_get_activity(null) where application_name = '" + OURS + "'"))
                .isEmpty();
    }
}
