package dev.millrace.cli.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.query.RowPrinter.Field;
import dev.millrace.cli.query.RowPrinter.Kind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowPrinterTest {
    private static final List<Field> FIELDS = List.of(
            new Field("a", Kind.TEXT),
            new Field("n", Kind.NUMBER),
            new Field("t", Kind.TRUTH),
            new Field("j", Kind.JSON));

    @Test
    void csvQuotesWhatNeedsItAndTellsNullFromAnEmptyText() {
        assertThat(print(
                        QueryFormat.CSV,
                        List.of(
                                row("plain", "1", "t", "{\"x\": 1}"),
                                row("a,b", "2.50", "f", null),
                                row("say \"hi\"", null, null, null),
                                row("two\nlines", "-1", null, null),
                                row("", null, null, null),
                                row(null, null, null, null))))
                .isEqualTo("""
                        a,n,t,j
                        plain,1,t,"{""x"": 1}"
                        "a,b",2.50,f,
                        "say ""hi""\",,,
                        "two
                        lines",-1,,
                        "",,,
                        ,,,
                        """);
    }

    @Test
    void csvOfNothingIsItsHeader() {
        assertThat(print(QueryFormat.CSV, List.of())).isEqualTo("a,n,t,j\n");
    }

    @Test
    void jsonKeepsKindsApart() {
        assertThat(print(QueryFormat.JSON, List.of(row("x", "1e+20", "t", "[1]"), row(null, "NaN", "f", null))))
                .isEqualTo("""
                        [
                        {"a":"x","n":1e+20,"t":true,"j":[1]},
                        {"a":null,"n":"NaN","t":false,"j":null}
                        ]
                        """);
        assertThat(print(QueryFormat.JSON, List.of())).isEqualTo("[]\n");
    }

    @Test
    void aTableAlignsNumbersToTheRight() {
        assertThat(print(QueryFormat.TABLE, List.of(row("Ärya", "10", "t", null), row("b", "5", "f", null))))
                .isEqualTo("""
                        a      n  t  j
                        ----  --  -  -
                        Ärya  10  t
                        b      5  f
                        (2 rows)
                        """);
    }

    @Test
    void aTablePrintsRowsBeyondThoseThatWereMeasured() {
        assertThat(print(QueryFormat.TABLE, Collections.nCopies(2_345, row("x", "1", "t", null)))
                        .lines())
                .hasSize(2_345 + 3)
                .last()
                .isEqualTo("(2,345 rows)");
    }

    private static String print(QueryFormat format, List<List<@Nullable String>> rows) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        RowPrinter printer = RowPrinter.of(format, out, FIELDS);
        rows.forEach(printer::row);
        printer.end();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static List<@Nullable String> row(
            @Nullable String a, @Nullable String n, @Nullable String t, @Nullable String j) {
        return Arrays.asList(a, n, t, j);
    }
}
