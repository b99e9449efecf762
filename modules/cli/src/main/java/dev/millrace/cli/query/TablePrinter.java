package dev.millrace.cli.query;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Columns for people. The first rows decide how wide they are; a later, wider value is printed all the same. */
final class TablePrinter implements RowPrinter {
    private static final int ROWS_MEASURED = 1000;

    private final PrintStream out;
    private final List<Field> fields;
    private final List<List<@Nullable String>> measured = new ArrayList<>();
    private int[] widths = {};
    private long rows;

    TablePrinter(PrintStream out, List<Field> fields) {
        this.out = out;
        this.fields = List.copyOf(fields);
    }

    @Override
    public void row(List<@Nullable String> values) {
        rows++;
        if (rows <= ROWS_MEASURED) {
            measured.add(values);
            return;
        }
        if (widths.length == 0) {
            begin();
        }
        print(values);
    }

    @Override
    public void end() {
        if (widths.length == 0) {
            begin();
        }
        out.printf(Locale.ROOT, "(%,d row%s)%n", rows, rows == 1 ? "" : "s");
    }

    private void begin() {
        widths = new int[fields.size()];
        List<@Nullable String> heads = new ArrayList<>();
        List<@Nullable String> rules = new ArrayList<>();
        for (int field = 0; field < widths.length; field++) {
            heads.add(fields.get(field).name());
            widths[field] = length(fields.get(field).name());
            for (List<@Nullable String> values : measured) {
                widths[field] = Math.max(widths[field], length(shown(values.get(field))));
            }
            rules.add("-".repeat(widths[field]));
        }
        print(heads);
        print(rules);
        measured.forEach(this::print);
        measured.clear();
    }

    private void print(List<@Nullable String> values) {
        StringBuilder line = new StringBuilder();
        for (int field = 0; field < widths.length; field++) {
            String value = shown(values.get(field));
            String space = " ".repeat(Math.max(0, widths[field] - length(value)));
            line.append(field == 0 ? "" : "  ");
            line.append(fields.get(field).kind() == Kind.NUMBER ? space + value : value + space);
        }
        out.print(line.toString().stripTrailing() + "\n");
    }

    private static String shown(@Nullable String value) {
        return value == null ? "" : value.replace("\n", "\\n").replace("\r", "\\r");
    }

    private static int length(String value) {
        return value.codePointCount(0, value.length());
    }
}
