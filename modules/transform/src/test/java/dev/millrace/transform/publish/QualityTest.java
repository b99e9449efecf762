package dev.millrace.transform.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.ModelTable;
import dev.millrace.contract.Period;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.transform.Landing;
import dev.millrace.transform.publish.Contents.Content;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Few rows, which are gone through one by one, are judged as many are, which Spark sums up. */
final class QualityTest {
    private static final long FEW = 1;
    private static final long MANY = Long.MAX_VALUE;
    private static final List<String> COLUMNS = List.of("name", "share", "note");
    private static final Quality MODEL = new Quality(
            new ModelTable(
                    "shares",
                    "",
                    List.of(
                            new Column("name", new FieldType.Text(OptionalInt.of(3)), false, ""),
                            new Column("share", new FieldType.Float64(), false, ""),
                            new Column("note", new FieldType.Text(OptionalInt.empty()), true, "")),
                    Period.DAY,
                    List.of("name", "share"),
                    List.of(),
                    "select 1"),
            "model");

    @Test
    void rowsThatKeepTheRulesHaveOneDigest() {
        Dataset<Row> rows = rows("""
                ('2026-01-05', 'é', double('NaN'), 'x'), ('2026-01-05', 'éé', double('NaN'), 'x'),
                ('2026-01-06', 'é', double('NaN'), 'y'), ('2026-01-06', null, 0.1D, ''),
                ('2026-01-06', null, null, ''), ('2026-01-06', '', null, '')""");
        Map<String, Content> summed = MODEL.audited(rows, COLUMNS, MANY);
        assertThat(summed).containsOnlyKeys("2026-01-05", "2026-01-06");
        assertThat(MODEL.audited(rows, COLUMNS, FEW)).isEqualTo(summed);
        assertThat(MODEL.audited(rows.limit(0), COLUMNS, FEW)).isEmpty();
    }

    @Test
    void moreRowsThanExpectedAreSummedUp() {
        Dataset<Row> rows = Landing.SESSION
                .spark()
                .sql("select '2026-01-05' as _period, 'a' as name, cast(id as double) as share, '' as note from range("
                        + (Evaluated.FEW + 1) + ")");
        assertThat(MODEL.audited(rows, COLUMNS, FEW)).isEqualTo(MODEL.audited(rows, COLUMNS, MANY));
    }

    @Test
    void everyBrokenRuleIsToldTheSame() {
        refused(
                "('2026-01-05', 'long', 1D, null), ('2026-01-05', null, 2D, null), ('2026-01-06', 'longer', 1D, '')",
                "period 2026-01-05: column name is longer than varchar(3) in 1 rows",
                "period 2026-01-05: required column note is null in 2 rows",
                "period 2026-01-06: column name is longer than varchar(3) in 1 rows");
    }

    @Test
    void nullsNotNumbersAndBothZerosAreEqualInTheGrain() {
        refused(
                """
                ('2026-01-05', null, null, 'a'), ('2026-01-05', null, null, 'b'), ('2026-01-06', null, null, ''),
                ('2026-01-05', 'a', 0D, ''), ('2026-01-05', 'a', -0D, ''), ('2026-01-05', 'a', -0D, ''),
                ('2026-01-07', 'a', double('NaN'), ''), ('2026-01-07', 'a', double('NaN'), '')""",
                "period 2026-01-05: the grain (name, share) repeats for 2 of its values, up to 3 times",
                "period 2026-01-07: the grain (name, share) repeats for 1 of its values, up to 2 times");
    }

    private static void refused(String values, String... sentences) {
        Dataset<Row> rows = rows(values);
        JobException summed = catchThrowableOfType(JobException.class, () -> MODEL.audited(rows, COLUMNS, MANY));
        assertThat(summed).hasMessageContainingAll(sentences);
        assertThat(summed.exitCode()).isEqualTo(ExitCode.BROKEN);
        JobException gone = catchThrowableOfType(JobException.class, () -> MODEL.audited(rows, COLUMNS, FEW));
        assertThat(gone).hasMessage(summed.getMessage());
    }

    private static Dataset<Row> rows(String values) {
        return Landing.SESSION.spark().sql("select * from values " + values + " as rows(_period, name, share, note)");
    }
}
