package dev.millrace.cli.query;

import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints the rows of one answer, as they come. Values are the warehouse's own texts. */
interface RowPrinter {
    /** What distinguishes one value from another where the form can say it. */
    record Field(String name, Kind kind) {}

    enum Kind {
        TEXT,
        NUMBER,
        TRUTH,
        JSON
    }

    void row(List<@Nullable String> values);

    void end();

    static RowPrinter of(QueryFormat format, PrintStream out, List<Field> fields) {
        return switch (format) {
            case TABLE -> new TablePrinter(out, fields);
            case CSV -> new CsvPrinter(out, fields);
            case JSON -> new JsonPrinter(out, fields);
        };
    }
}
