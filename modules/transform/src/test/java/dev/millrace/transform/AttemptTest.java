package dev.millrace.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.control.PartitionBook.Layer;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.transform.publish.Attempt;
import dev.millrace.transform.publish.Published;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

final class AttemptTest {

    @Test
    void publishesNothingWhereTheTableMovedMeanwhile() {
        Landing landing = Landing.keyless("moved");
        landing.hour("2026-01-05T00", "a/1@2026-01-05");
        landing.run();
        try (Attempt attempt = begin(landing)) {
            attempt.overwrite(Landing.SESSION.spark().table("millrace.base.moved"), List.of("2026-01-05"));
            Landing.SESSION
                    .spark()
                    .sql("insert into millrace.base.moved values ('x', 1, 'o', 'e', 1, '2026-01-05T00', '2026-01-09')");
            long moved = Landing.snapshot("base", "moved");

            assertTemporary(() -> attempt.publish(Published.none("moved"), Landing.CLOCK));

            assertThat(Landing.snapshot("base", "moved")).isEqualTo(moved);
        }
    }

    @Test
    void publishesNothingAfterAnotherAttemptTookOver() {
        Landing landing = Landing.keyless("overtaken");
        landing.hour("2026-01-05T00", "a/1@2026-01-05");
        landing.run();
        long before = Landing.snapshot("base", "overtaken");
        try (Attempt orphan = begin(landing)) {
            orphan.overwrite(Landing.SESSION.spark().table("millrace.base.overtaken"), List.of("2026-01-05"));
            // As when the lock's connection broke, and another came: the fence has risen.
            Landing.CONTROL.transact(connection -> connection
                    .prepareStatement("update fence set fence = fence + 1 where table_name = 'base.overtaken'")
                    .executeUpdate());

            assertTemporary(() -> orphan.publish(Published.none("overtaken"), Landing.CLOCK));
        }
        assertThat(Landing.snapshot("base", "overtaken")).isEqualTo(before);
    }

    @Test
    void writesManyPeriodsWithoutKeepingAFileOpenForEach() {
        Landing landing = Landing.keyless("many");
        List<String> rows = IntStream.range(0, 100)
                .mapToObj(i -> "a/" + i + "@" + LocalDate.of(2020, 1, 1).plusDays(i))
                .toList();
        landing.hour("2026-01-05T00", String.join(" ", rows), String.join(" ", rows));
        landing.run();

        assertThat(landing.base()).isEqualTo(landing.expected());
        assertThat(landing.files()).hasSize(100);
    }

    @Test
    void addsAndDropsColumnsAsTheContractDoes() {
        Landing landing = Landing.keyless("shape");
        landing.hour("2026-01-05T00", "a/1@2026-01-05");
        landing.run();
        Landing.SESSION.spark().sql("alter table millrace.base.shape drop column value");
        Landing.SESSION.spark().sql("alter table millrace.base.shape add column former string first");
        landing.hour("2026-01-05T00", "a/2@2026-01-05");
        landing.run();

        assertThat(Landing.SESSION.spark().table("millrace.base.shape").columns())
                .containsExactly("id", "value", "_object", "_etag", "_record", "_hour", "_period");
        assertThat(landing.base()).isEqualTo(landing.expected());
        List<Row> left = new ArrayList<>(
                Landing.SESSION.spark().table("millrace.base.shape").collectAsList());
        assertThat(left).hasSize(1);
    }

    private static Attempt begin(Landing landing) {
        return Attempt.begin(
                Landing.SESSION, Landing.CONTROL, Layer.BASE, landing.table(), "test", Duration.ofSeconds(1));
    }

    private static void assertTemporary(Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TEMPORARY));
    }
}
