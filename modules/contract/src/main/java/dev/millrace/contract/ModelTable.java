package dev.millrace.contract;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A table that SQL makes of other tables of the contract.
 *
 * @param sql the whole text of the model's file, its header included, so that lines in messages are the file's
 */
public record ModelTable(
        String name,
        String description,
        List<Column> columns,
        Period period,
        List<String> grain,
        List<Input> inputs,
        String sql,
        List<Export> exports)
        implements Table {

    public ModelTable {
        requireNonNull(name, "name");
        requireNonNull(description, "description");
        columns = List.copyOf(columns);
        requireNonNull(period, "period");
        grain = List.copyOf(grain);
        inputs = List.copyOf(inputs);
        requireNonNull(sql, "sql");
        exports = List.copyOf(exports);
    }

    /** One that is not exported. */
    public ModelTable(
            String name,
            String description,
            List<Column> columns,
            Period period,
            List<String> grain,
            List<Input> inputs,
            String sql) {
        this(name, description, columns, period, grain, inputs, sql, List.of());
    }

    /** An input and how far a period of the model reads of it. */
    public record Input(String table, Reach reach) {}

    public sealed interface Reach {
        /** The input's rows of the same period. */
        record Same() implements Reach {}

        /** From so many days before the period's start to so many days after its end. */
        record Days(int before, int after) implements Reach {}

        /** Every row of the input. */
        record All() implements Reach {}
    }
}
