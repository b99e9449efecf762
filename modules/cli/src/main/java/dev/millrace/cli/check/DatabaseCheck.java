package dev.millrace.cli.check;

import dev.millrace.control.ControlDatabase;
import dev.millrace.control.SqlFailure;
import dev.millrace.control.SqlFile;
import dev.millrace.environment.Environment;
import dev.millrace.job.JobException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;

/** Whether an environment's two databases let us in, and let us do what has to be done there. */
public final class DatabaseCheck {
    private static final SqlFile SQL = SqlFile.of(DatabaseCheck.class);

    private final Environment environment;

    public DatabaseCheck(Environment environment) {
        this.environment = environment;
    }

    public List<Finding> findings() {
        return List.of(control(), warehouse());
    }

    private Finding control() {
        String what = "control database";
        Environment.Database database = environment.control();
        try {
            ControlDatabase.open(
                    database.url(), database.user(), database.password().reveal());
            return Finding.ok(
                    what, "connected as " + database.user() + ", at schema version " + ControlDatabase.SCHEMA_VERSION);
        } catch (JobException e) {
            return Finding.failed(what, String.valueOf(e.getMessage()), "see the section 'control' of millrace.yaml");
        }
    }

    private Finding warehouse() {
        String what = "warehouse";
        Environment.Database database = environment.warehouse().database();
        String next = "see the section 'warehouse' of millrace.yaml";
        Properties properties = new Properties();
        properties.setProperty("user", database.user());
        properties.setProperty("password", database.password().reveal());
        properties.setProperty("connectTimeout", "10");
        try (Connection connection = DriverManager.getConnection(database.url(), properties);
                Statement statement = connection.createStatement();
                ResultSet rights = statement.executeQuery(SQL.statement("rights"))) {
            rights.next();
            if (rights.getBoolean("may_create_schemas") || rights.getBoolean("may_create_tables")) {
                return Finding.ok(what, "connected as " + database.user() + ", who may create schemas or tables there");
            }
            return Finding.failed(
                    what,
                    "connected as " + database.user() + ", who may create nothing there",
                    "grant it create on the database, or on schemas millrace and millrace_internal");
        } catch (SQLException e) {
            return Finding.failed(what, String.valueOf(SqlFailure.of(what, e).getMessage()), next);
        }
    }
}
