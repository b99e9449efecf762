package dev.millrace.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.ModelTable;
import dev.millrace.contract.ModelTable.Input;
import dev.millrace.contract.ModelTable.Reach;
import dev.millrace.contract.Period;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.util.List;
import java.util.OptionalInt;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

final class ModelTest {
    private static final Column ID = new Column("id", new FieldType.Text(OptionalInt.empty()), false, "");
    private static final Column TOTAL = new Column("total", new FieldType.Int64(), false, "");

    private static ModelTable model(String of, Reach reach, String sql) {
        return model(of, Period.DAY, reach, List.of(ID, TOTAL), sql);
    }

    private static ModelTable model(String of, Period period, Reach reach, List<Column> columns, String sql) {
        return new ModelTable(
                of + "_totals", "", columns, period, List.of("id"), List.of(new Input(of, reach)), sql.formatted(of));
    }

    private static final String TOTALS = "select id, sum(value) as total from %s group by id";

    @Test
    void keepsTheGroupOfNulls() {
        Landing landing = Landing.keyless("nulls").with(model("nulls", new Reach.Same(), TOTALS));
        landing.hour("2026-01-05T00", "a/1@2026-01-05 -/2@2026-01-05 -/3@2026-01-05 b/-@2026-01-05");

        landing.run();

        assertThat(Landing.model("nulls_totals", "id nulls first"))
                .extracting(Row::toString)
                .containsExactly("[null,5,2026-01-05]", "[a,1,2026-01-05]", "[b,null,2026-01-05]");
    }

    @Test
    void followsItsInputsWithinItsReach() {
        Landing landing = Landing.keyless("reach").with(model("reach", new Reach.Days(1, 0), TOTALS));
        landing.hour("2026-01-05T00", "a/1@2026-01-05");
        landing.hour("2026-01-07T00", "a/2@2026-01-07");
        landing.run();
        assertThat(Landing.model("reach_totals", "_period"))
                .extracting(Row::toString)
                .containsExactly("[a,1,2026-01-05]", "[a,1,2026-01-06]", "[a,2,2026-01-07]", "[a,2,2026-01-08]");

        landing.hour("2026-01-06T00", "a/10@2026-01-06");
        assertThat(landing.plan().periods())
                .filteredOn(period -> period.layer().equals("model"))
                .extracting(TransformResult.Period::period)
                .containsExactly("2026-01-06", "2026-01-07");
        landing.run();

        assertThat(Landing.model("reach_totals", "_period"))
                .extracting(Row::toString)
                .containsExactly("[a,1,2026-01-05]", "[a,11,2026-01-06]", "[a,12,2026-01-07]", "[a,2,2026-01-08]");
        assertThat(landing.run().periods()).isEmpty();
    }

    @Test
    void isEmptiedWhereItsInputsVanish() {
        Landing landing = Landing.keyless("vanish").with(model("vanish", new Reach.Same(), TOTALS));
        landing.hour("2026-01-05T00", "a/1@2026-01-05 a/1@2026-01-06");
        landing.run();

        landing.hour("2026-01-05T00", "a/1@2026-01-06");
        landing.run();

        assertThat(Landing.model("vanish_totals", "id"))
                .extracting(Row::toString)
                .containsExactly("[a,1,2026-01-06]");
        assertThat(landing.run().periods()).isEmpty();
    }

    @Test
    void isRebuiltWhenItsSqlChangesAndLeftAloneWhereThatChangesNothing() {
        Landing landing = Landing.keyless("sqls").with(model("sqls", new Reach.Same(), TOTALS));
        landing.hour("2026-01-05T00", "a/1@2026-01-05 a/2@2026-01-06");
        landing.run();
        long snapshot = Landing.snapshot("model", "sqls_totals");

        landing.with(model("sqls", new Reach.Same(), "select id, sum(value) + 0 as total from %s group by id"));
        assertThat(landing.run().periods())
                .allSatisfy(period -> assertThat(period.state()).isEqualTo("unchanged"))
                .hasSize(2);
        assertThat(Landing.snapshot("model", "sqls_totals")).isEqualTo(snapshot);

        landing.with(model("sqls", new Reach.Same(), "select id, max(value) * 10L as total from %s group by id"));
        assertThat(landing.plan().periods())
                .allSatisfy(period -> assertThat(period.reasons()).containsExactly("model changed"));
        landing.run();
        assertThat(Landing.model("sqls_totals", "_period"))
                .extracting(Row::toString)
                .containsExactly("[a,10,2026-01-05]", "[a,20,2026-01-06]");
    }

    @Test
    void readsAllOfAnInputAndTheBoundsOfItsPeriod() {
        Landing landing = Landing.keyless("everything")
                .with(model(
                        "everything",
                        new Reach.All(),
                        "select concat(id, ' ', :period_start) as id, sum(value) as total from %s"
                                + " where :period_start < :period_end group by id"));
        landing.hour("2026-01-05T00", "a/1@2026-01-05 a/2@2026-01-06");
        landing.run();

        assertThat(Landing.model("everything_totals", "_period"))
                .extracting(Row::toString)
                .containsExactly("[a 2026-01-05 00:00:00,3,2026-01-05]", "[a 2026-01-06 00:00:00,3,2026-01-06]");
    }

    @Test
    void publishesNothingWhereTheGrainRepeats() {
        Landing landing = Landing.keyless("grain")
                .with(model("grain", new Reach.Same(), "select id, cast(value as bigint) as total from %s"));
        landing.hour("2026-01-05T00", "a/1@2026-01-05 a/2@2026-01-05 -/1@2026-01-05 -/2@2026-01-05");

        assertBroken(landing, ExitCode.BROKEN, "model.grain_totals", "2026-01-05", "(id) repeats for 2");
        assertThat(Landing.snapshot("model", "grain_totals")).isEqualTo(-1);
        assertThat(landing.books("grain_totals")).isEmpty();
    }

    @Test
    void publishesNothingWhereARequiredColumnIsNullOrATextTooLong() {
        Landing landing = Landing.keyless("required")
                .with(model(
                        "required",
                        Period.DAY,
                        new Reach.Same(),
                        List.of(
                                new Column("id", new FieldType.Text(OptionalInt.of(2)), false, ""),
                                new Column("total", new FieldType.Int64(), true, "")),
                        TOTALS));
        landing.hour("2026-01-05T00", "aaa/1@2026-01-05 b/-@2026-01-05");

        assertBroken(
                landing,
                ExitCode.BROKEN,
                "required column total is null in 1 rows",
                "column id is longer than varchar(2) in 1 rows");
    }

    @Test
    void refusesATypeThatMightLoseSomething() {
        Landing landing = Landing.keyless("lossy")
                .with(model(
                        "lossy",
                        Period.DAY,
                        new Reach.Same(),
                        List.of(ID, new Column("total", new FieldType.Int32(), false, "")),
                        TOTALS));
        landing.hour("2026-01-05T00", "a/1@2026-01-05");

        assertBroken(landing, ExitCode.USAGE, "lossy_totals", "column total is bigint", "integer");
    }

    @Test
    void saysWhatFailsOnTheRowsButNotWhatIsInThem() {
        Landing landing = Landing.keyless("payload")
                .with(model("payload", new Reach.Same(), "select id, cast(id as bigint) as total from %s"));
        landing.hour("2026-01-05T00", "secret/1@2026-01-05");

        assertThatThrownBy(landing::run)
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BROKEN))
                .hasMessageContaining("CAST_INVALID_INPUT")
                .hasMessageNotContaining("secret");
    }

    @Test
    void namesAColumnThatIsNotThere() {
        Landing landing = Landing.keyless("unknown")
                .with(model("unknown", new Reach.Same(), "select id, sum(valu) as total from %s group by id"));
        landing.hour("2026-01-05T00", "a/1@2026-01-05");

        assertBroken(landing, ExitCode.USAGE, "unknown_totals", "valu");
    }

    private static void assertBroken(Landing landing, ExitCode code, String... words) {
        assertThatThrownBy(landing::run)
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(code))
                .hasMessageContainingAll(words);
    }
}
