package dev.millrace.transform.stale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.ModelTable.Reach;
import dev.millrace.contract.Period;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReadingTest {
    private static final List<String> DAYS = List.of("2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01");

    @Test
    void readsTheSamePeriodHoweverTheInputIsDivided() {
        assertThat(Reading.read(Period.MONTH, "2026-01", new Reach.Same(), Period.DAY, DAYS))
                .containsExactly("2026-01-01", "2026-01-31");
        assertThat(Reading.read(Period.DAY, "2026-01-01", new Reach.Same(), Period.DAY, DAYS))
                .containsExactly("2026-01-01");
        assertThat(Reading.read(
                        Period.DAY, "2026-01-01", new Reach.Same(), Period.MONTH, List.of("2025-12", "2026-01")))
                .containsExactly("2026-01");
        assertThat(Reading.read(Period.NONE, "all", new Reach.Same(), Period.DAY, DAYS))
                .isEqualTo(DAYS);
        assertThat(Reading.read(Period.DAY, "2026-01-01", new Reach.Same(), Period.NONE, List.of("all")))
                .containsExactly("all");
    }

    @Test
    void readsDaysBeforeAndAfter() {
        assertThat(Reading.read(Period.MONTH, "2026-01", new Reach.Days(1, 1), Period.DAY, DAYS))
                .isEqualTo(DAYS);
        assertThat(Reading.read(Period.DAY, "2026-01-01", new Reach.Days(1, 0), Period.DAY, DAYS))
                .containsExactly("2025-12-31", "2026-01-01");
        assertThat(Reading.read(Period.DAY, "2026-01-01", new Reach.All(), Period.DAY, DAYS))
                .isEqualTo(DAYS);
    }

    @Test
    void knowsWhoReadsAPeriod() {
        assertThat(Reading.readers(Period.MONTH, new Reach.Same(), Period.DAY, "2026-01-31"))
                .containsExactly("2026-01");
        assertThat(Reading.readers(Period.DAY, new Reach.Days(1, 7), Period.DAY, "2026-01-10"))
                .startsWith("2026-01-03")
                .endsWith("2026-01-11")
                .hasSize(9);
        assertThat(Reading.readers(Period.MONTH, new Reach.Days(1, 0), Period.DAY, "2026-01-31"))
                .containsExactly("2026-01", "2026-02");
        assertThat(Reading.readers(Period.DAY, new Reach.Same(), Period.MONTH, "2026-02"))
                .hasSize(28);
        assertThat(Reading.readers(Period.NONE, new Reach.All(), Period.DAY, "2026-02-01"))
                .containsExactly("all");
    }

    @Test
    void readersAndReadAgree() {
        for (Reach reach : List.of(new Reach.Same(), new Reach.Days(2, 3), new Reach.Days(0, 40))) {
            for (Period model : List.of(Period.DAY, Period.MONTH, Period.YEAR)) {
                for (String day : DAYS) {
                    assertThat(Reading.readers(model, reach, Period.DAY, day))
                            .as("%s %s %s", reach, model, day)
                            .allSatisfy(
                                    period -> assertThat(Reading.read(model, period, reach, Period.DAY, List.of(day)))
                                            .containsExactly(day));
                }
            }
        }
    }
}
