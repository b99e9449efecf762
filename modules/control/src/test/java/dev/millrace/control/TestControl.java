package dev.millrace.control;

import dev.millrace.local.Services.PostgresAccess;
import dev.millrace.local.TestServices;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The control database of this module's tests. */
final class TestControl {
    private static final class Holder {
        private static final PostgresAccess ACCESS =
                TestServices.shared().isolated("control-tests").postgres();
    }

    private final PostgresAccess access = Holder.ACCESS;

    private TestControl() {}

    /** As nobody has opened it yet: without what the test before left. */
    static TestControl empty() {
        TestControl control = new TestControl();
        control.execute("drop schema if exists millrace cascade; drop schema if exists lake_catalog cascade");
        return control;
    }

    ControlDatabase open() {
        return ControlDatabase.open(access.controlUrl(), access.user(), access.password());
    }

    PostgresAccess access() {
        return access;
    }

    /** Does this without Millrace. */
    void execute(String statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(statements);
        } catch (SQLException e) {
            throw new IllegalStateException(statements, e);
        }
    }

    /** The first column of every row that the query finds. */
    List<String> texts(String query) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            List<String> texts = new ArrayList<>();
            while (row.next()) {
                texts.add(String.valueOf(row.getString(1)));
            }
            return texts;
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(access.controlUrl(), access.user(), access.password());
    }
}
