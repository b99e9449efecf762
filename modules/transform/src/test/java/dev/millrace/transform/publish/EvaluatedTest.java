package dev.millrace.transform.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.Landing;
import dev.millrace.transform.publish.Contents.Content;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** What this process holds of rows is what Spark would have kept of them. */
final class EvaluatedTest {
    private static final List<String> COLUMNS = List.of("text", "whole", "real", "price", "at", "day", "yes");
    private static final String ROWS = """
            select * from values
              ('2026-01-05', 'é', 1L, double('NaN'), 1.20BD, timestamp'0001-01-01T00:00:00.000001Z', date'0001-01-01', true),
              ('2026-01-05', '', bigint('-9223372036854775808'), -0.0D, 99999.99BD, timestamp'9999-12-31T23:59:59.999999Z',
               date'1582-10-04', false),
              ('2026-01-06', null, null, null, null, null, null, null),
              ('2026-01-06', 'a', 3L, 0.1D, 0.00BD, timestamp'1900-01-01T00:00:00Z', date'2026-02-28', null)
            as rows(_period, text, whole, real, price, at, day, yes)""";

    @Test
    void fewRowsAreWhatManyAre() {
        Dataset<Row> rows = Landing.SESSION.spark().sql(ROWS);
        Map<String, Content> wanted = Contents.of(rows, COLUMNS);
        assertThat(wanted).containsOnlyKeys("2026-01-05", "2026-01-06");
        agrees(Evaluated.few(rows), false, rows, wanted);
        agrees(Evaluated.upTo(4, rows), false, rows, wanted);
        agrees(Evaluated.upTo(3, rows), true, rows, wanted);
    }

    private static void agrees(Evaluated made, boolean bySpark, Dataset<Row> rows, Map<String, Content> wanted) {
        try (made) {
            assertThat(made.contents(COLUMNS)).isEqualTo(wanted);
            // Spark's own judgement of what it was given back.
            assertThat(Contents.of(made.rows(), COLUMNS)).isEqualTo(wanted);
            assertThat(made.rows().exceptAll(rows).count()).isZero();
            assertThat(made.rows().storageLevel().useMemory()).isEqualTo(bySpark);
        }
    }
}
