package dev.millrace.load.warehouse;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.Lineage;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Brings a table to the contract's shape: what is missing is added, types are widened in place, descriptions kept up. Nothing
 * is dropped or made anew, so views and grants stay. A column that the contract no longer has stays too, without new values.
 */
final class TableShape {
    private static final Statements SQL = Statements.of("postgres/ddl.sql");

    private final WarehouseTable table;
    private final String target;

    TableShape(WarehouseTable table) {
        this.table = table;
        this.target = Statements.name(PostgresWarehouse.SCHEMA, table.name());
    }

    /** A column as the warehouse has it. */
    private record Held(String type, boolean required, String description) {}

    /** The name of the index on the period, with its schema, quoted. */
    static String index(WarehouseTable table) {
        return Statements.name(PostgresWarehouse.SCHEMA, indexName(table));
    }

    private static String indexName(WarehouseTable table) {
        return table.name() + "_" + Lineage.PERIOD;
    }

    /** True if there was something to do. */
    boolean bring(Connection connection) throws SQLException {
        List<String> statements = statements(connection);
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                execute(statement, sql);
            }
        }
        return !statements.isEmpty();
    }

    private void execute(Statement statement, String sql) throws SQLException {
        try {
            statement.execute(sql);
        } catch (PSQLException e) {
            // A view or rule uses the column.
            if ("0A000".equals(e.getSQLState())) {
                ServerErrorMessage said = e.getServerErrorMessage();
                String detail = said == null || said.getDetail() == null ? "" : " (" + said.getDetail() + ")";
                throw new JobException(
                        ExitCode.USAGE,
                        "Table " + table.name() + " of the warehouse cannot be widened while something depends on the"
                                + " column" + detail + ": drop it, run load, then create it again.",
                        e);
            }
            throw e;
        }
    }

    private List<String> statements(Connection connection) throws SQLException {
        Map<String, Held> held = held(connection);
        List<String> statements = new ArrayList<>();
        if (held.isEmpty()) {
            create(statements);
        }
        for (Column column : table.columns()) {
            Held present = held.get(column.name());
            if (present == null && !held.isEmpty()) {
                statements.add(SQL.text("add", gaps(column)));
            } else if (present != null) {
                alter(column, present, statements);
            }
            if (!column.description().equals(present == null ? "" : present.description())) {
                Map<String, String> gaps = gaps(column);
                gaps.put("text", Statements.constant(column.description()));
                statements.add(SQL.text("comment_column", gaps));
            }
        }
        held.forEach((name, present) -> {
            if (present.required()
                    && table.columns().stream()
                            .noneMatch(column -> column.name().equals(name))) {
                statements.add(SQL.text("relax", Map.of("target", target, "column", Statements.name(name))));
            }
        });
        if (!table.description().equals(description(connection))) {
            statements.add(SQL.text(
                    "comment_table", Map.of("target", target, "text", Statements.constant(table.description()))));
        }
        return statements;
    }

    private void create(List<String> statements) {
        String definitions = table.columns().stream()
                .map(column -> SQL.text(definition(column), gaps(column)))
                .collect(Collectors.joining(",\n    "));
        statements.add(SQL.text("create", Map.of("target", target, "definitions", definitions)));
        statements.add(SQL.text("index", Map.of("target", target, "index", Statements.name(indexName(table)))));
    }

    private static String definition(Column column) {
        if (column.name().equals(Lineage.PERIOD)) {
            return "period_definition";
        }
        return column.required() ? "required_definition" : "definition";
    }

    private void alter(Column column, Held present, List<String> statements) {
        String wanted = spelled(column.type());
        if (!present.type().equals(wanted)) {
            if (!widens(present.type(), column.type())) {
                throw new JobException(
                        ExitCode.USAGE,
                        "Column " + column.name() + " of table " + table.name() + " is " + present.type()
                                + " in the warehouse and " + column.type().sql()
                                + " in the contract, which does not hold every value of it. Millrace drops nothing:"
                                + " give the column a new name in the contract, or alter the warehouse's by hand.");
            }
            statements.add(SQL.text("widen", gaps(column)));
        }
        if (present.required() && !column.required()) {
            statements.add(SQL.text("relax", gaps(column)));
        }
    }

    private Map<String, String> gaps(Column column) {
        Map<String, String> gaps = new HashMap<>();
        gaps.put("target", target);
        gaps.put("column", Statements.name(column.name()));
        gaps.put("type", column.type().sql());
        return gaps;
    }

    private Map<String, Held> held(Connection connection) throws SQLException {
        Map<String, Held> held = new LinkedHashMap<>();
        try (PreparedStatement query = connection.prepareStatement(SQL.text("shape"))) {
            query.setString(1, target);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    held.put(
                            row.getString("name"),
                            new Held(row.getString("type"), row.getBoolean("required"), row.getString("description")));
                }
            }
        }
        return held;
    }

    private String description(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(SQL.text("description"))) {
            query.setString(1, target);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    /** A type as Postgres's catalog spells it. */
    private static String spelled(FieldType type) {
        if (type instanceof FieldType.Text text && text.maxLength().isPresent()) {
            return "character varying(" + text.maxLength().getAsInt() + ")";
        }
        return type instanceof FieldType.Timestamp ? "timestamp with time zone" : type.sql();
    }

    /** Whether every value of the held type is one of the wanted type. */
    static boolean widens(String held, FieldType wanted) {
        if (wanted instanceof FieldType.Text text) {
            int @Nullable [] length = arguments(held, "character varying", 1);
            return length != null
                    && (text.maxLength().isEmpty() || text.maxLength().getAsInt() >= length[0]);
        } else if (wanted instanceof FieldType.Int64) {
            return held.equals("integer");
        } else if (wanted instanceof FieldType.Decimal decimal) {
            int @Nullable [] digits = arguments(held, "numeric", 2);
            int whole = decimal.precision() - decimal.scale();
            return digits != null
                    ? whole >= digits[0] - digits[1] && decimal.scale() >= digits[1]
                    : held.equals("integer") && whole >= 10;
        }
        return false;
    }

    private static int @Nullable [] arguments(String type, String name, int count) {
        if (!type.startsWith(name + "(")) {
            return null;
        }
        String[] parts = type.substring(name.length() + 1, type.length() - 1).split(",", -1);
        if (parts.length != count) {
            return null;
        }
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = Integer.parseInt(parts[i]);
        }
        return numbers;
    }
}
