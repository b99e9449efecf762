package dev.millrace.cli.query;

import dev.millrace.control.SqlFailure;
import dev.millrace.control.SqlFile;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks the warehouse, and prints its answer however many rows that has: they are fetched as they are printed. */
public final class QueryJob {
    private static final SqlFile SQL = SqlFile.of(QueryJob.class);
    private static final String DATABASE = "warehouse";
    private static final int ROWS_AT_A_TIME = 5_000;
    /** Lost, refused, absent, out of resources, shut down, in another's way: nothing that the query is to blame for. */
    private static final Set<String> NOT_THE_QUERY = Set.of("08", "28", "3D", "40", "53", "55", "57", "58");

    private final Environment.Database database;
    private final QueryFormat format;
    private final PrintStream out;
    private final PrintStream err;

    public QueryJob(Environment.Database database, QueryFormat format, PrintStream out, PrintStream err) {
        this.database = database;
        this.format = format;
        this.out = out;
        this.err = err;
    }

    public void run(String query) {
        if (query.isBlank()) {
            throw new JobException(
                    ExitCode.USAGE, "The query is empty: give it as an argument, or - and standard input.");
        }
        try (Connection connection = DriverManager.getConnection(database.url(), properties())) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(SQL.statement("session"));
            }
            // Without a transaction there is no cursor, and all rows would come at once.
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(ROWS_AT_A_TIME);
                print(statement, statement.execute(query));
            }
            connection.commit();
        } catch (SQLException e) {
            throw failed(e);
        }
        out.flush();
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("user", database.user());
        properties.setProperty("password", database.password().reveal());
        properties.setProperty("ApplicationName", "millrace sql");
        properties.setProperty("connectTimeout", "10");
        // Texts as the server writes them, not as this machine's locale and zone would.
        properties.setProperty("binaryTransfer", "false");
        return properties;
    }

    private void print(Statement statement, boolean first) throws SQLException {
        boolean rows = first;
        while (rows || statement.getUpdateCount() >= 0) {
            if (rows) {
                try (ResultSet answer = statement.getResultSet()) {
                    print(answer);
                }
            } else {
                long changed = statement.getLargeUpdateCount();
                err.printf(Locale.ROOT, "%,d row%s changed%n", changed, changed == 1 ? "" : "s");
            }
            rows = statement.getMoreResults();
        }
    }

    private void print(ResultSet answer) throws SQLException {
        ResultSetMetaData heads = answer.getMetaData();
        List<RowPrinter.Field> fields = new ArrayList<>();
        for (int column = 1; column <= heads.getColumnCount(); column++) {
            fields.add(new RowPrinter.Field(heads.getColumnLabel(column), kind(heads, column)));
        }
        RowPrinter printer = RowPrinter.of(format, out, fields);
        while (answer.next()) {
            List<@Nullable String> values = new ArrayList<>(fields.size());
            for (int column = 1; column <= fields.size(); column++) {
                values.add(answer.getString(column));
            }
            printer.row(values);
        }
        printer.end();
    }

    private static RowPrinter.Kind kind(ResultSetMetaData heads, int column) throws SQLException {
        return switch (heads.getColumnType(column)) {
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.NUMERIC, Types.REAL, Types.DOUBLE, Types.FLOAT ->
                RowPrinter.Kind.NUMBER;
            case Types.BIT, Types.BOOLEAN -> RowPrinter.Kind.TRUTH;
            default -> heads.getColumnTypeName(column).startsWith("json") ? RowPrinter.Kind.JSON : RowPrinter.Kind.TEXT;
        };
    }

    private static JobException failed(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.length() != 5 || NOT_THE_QUERY.contains(state.substring(0, 2)) || state.equals("42501")) {
            return SqlFailure.of(DATABASE, e);
        }
        String said =
                String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", "; ").replaceFirst("^ERROR: ", "");
        return new JobException(ExitCode.USAGE, "The warehouse refused the query: " + said, e);
    }
}
