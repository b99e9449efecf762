package dev.millrace.cli.query;

import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** RFC 4180 with a header, LF at the end of lines; null is empty, an empty text is a pair of quotes. */
final class CsvPrinter implements RowPrinter {
    private final PrintStream out;

    CsvPrinter(PrintStream out, List<Field> fields) {
        this.out = out;
        print(fields.stream().map(Field::name).toList());
    }

    @Override
    public void row(List<@Nullable String> values) {
        print(values);
    }

    private void print(List<? extends @Nullable String> values) {
        StringBuilder line = new StringBuilder();
        for (int field = 0; field < values.size(); field++) {
            line.append(field == 0 ? "" : ",").append(cell(values.get(field)));
        }
        out.print(line.append('\n'));
    }

    static String cell(@Nullable String value) {
        if (value == null) {
            return "";
        }
        boolean plain =
                !value.isEmpty() && value.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
    }

    @Override
    public void end() {}
}
