package dev.millrace.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.control.PartitionBook;
import dev.millrace.control.Partitions;
import dev.millrace.job.ExitCode;
import dev.millrace.transform.Landing.Clean;
import dev.millrace.transform.stale.Stamps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BaseTest {

    @Test
    void keepsTheFirstCopyWithinTheWindowAndEveryCopyPastIt() {
        Landing landing = Landing.keyed("window", 2);
        landing.hour("2026-01-05T00", "a/1@2026-01-05 b/1@2026-01-05 a/2@2026-01-05");
        landing.hour("2026-01-05T02", "a/3@2026-01-05 c/1@2026-01-05");
        landing.hour("2026-01-05T03", "b/2@2026-01-05");
        landing.hour("2026-01-05T04", "a/4@2026-01-05");
        landing.hour("2026-01-05T07", "a/5@2026-01-05");

        TransformResult result = landing.run();

        assertThat(landing.base()).isEqualTo(landing.expected());
        // The copy of hour 4 has one of hour 2 before it, though that is a duplicate itself.
        assertThat(landing.base().get("2026-01-05"))
                .extracting(place -> place.substring(place.indexOf('=') + 1))
                .containsExactlyInAnyOrder("a/1", "b/1", "c/1", "b/2", "a/5");
        assertThat(result.periods()).singleElement().satisfies(period -> {
            assertThat(period.rows()).isEqualTo(5);
            assertThat(period.duplicates()).isEqualTo(3);
        });
    }

    @Test
    void findsTheEarlierCopyInAnotherPeriod() {
        Landing landing = Landing.keyed("across", 24);
        landing.hour("2026-01-05T23", "a/1@2026-01-05");
        landing.run();
        landing.hour("2026-01-06T01", "a/2@2026-01-06 b/1@2026-01-06");
        landing.run();
        assertThat(landing.base()).isEqualTo(landing.expected());

        landing.hour("2026-01-05T22", "b/0@2026-01-05");
        TransformResult result = landing.run();

        assertThat(landing.base()).isEqualTo(landing.expected());
        assertThat(landing.base()).doesNotContainKey("2026-01-06");
        assertThat(result.periods()).hasSize(2);
    }

    @Test
    void changesNothingInASecondRun() {
        Landing landing = Landing.keyed("again", 24);
        landing.hour("2026-01-05T00", "a/1@2026-01-05 b/1@2026-01-06");
        assertThat(landing.run().exitCode()).isEqualTo(ExitCode.DONE);
        long snapshot = Landing.snapshot("base", "again");

        assertThat(landing.run().exitCode()).isEqualTo(ExitCode.NOTHING_STALE);

        assertThat(Landing.snapshot("base", "again")).isEqualTo(snapshot);
    }

    @Test
    void rewritesOnlyWhatALateObjectChangesAndSaysSoBefore() {
        Landing landing = Landing.keyed("late", 1);
        landing.hour("2026-01-05T00", "a/1@2026-01-03 b/1@2026-01-04 c/1@2026-01-05");
        landing.hour("2026-01-05T08", "d/1@2026-01-05");
        landing.run();
        Map<String, TreeSet<String>> before = landing.files();

        landing.hour("2026-01-05T04", "e/1@2026-01-04");
        assertThat(landing.plan().periods()).singleElement().satisfies(period -> {
            assertThat(period.period()).isEqualTo("2026-01-04");
            assertThat(period.reasons()).containsExactly("late hour 2026-01-05T04");
            assertThat(period.rows()).isEqualTo(2);
        });
        landing.run();

        Map<String, TreeSet<String>> after = landing.files();
        assertThat(landing.base()).isEqualTo(landing.expected());
        assertThat(after.get("2026-01-03")).isEqualTo(before.get("2026-01-03"));
        assertThat(after.get("2026-01-05")).isEqualTo(before.get("2026-01-05"));
        assertThat(after.get("2026-01-04")).isNotEqualTo(before.get("2026-01-04"));
    }

    @Test
    void writesNothingForALateObjectThatOnlyRepeats() {
        Landing landing = Landing.keyed("repeats", 24);
        landing.hour("2026-01-05T00", "a/1@2026-01-05 b/1@2026-01-05");
        landing.run();
        long snapshot = Landing.snapshot("base", "repeats");

        landing.hour("2026-01-05T04", "b/1@2026-01-05 a/1@2026-01-05");
        TransformResult result = landing.run();

        assertThat(result.periods()).singleElement().satisfies(period -> {
            assertThat(period.state()).isEqualTo("unchanged");
            assertThat(period.duplicates()).isEqualTo(2);
        });
        assertThat(Landing.snapshot("base", "repeats")).isEqualTo(snapshot);
        assertThat(landing.run().periods()).isEmpty();
    }

    @Test
    void restampsWhereOnlyOtherKeysCame() {
        Landing landing = Landing.keyed("otherkeys", 24);
        landing.hour("2026-01-05T10", "a/1@2026-01-05");
        landing.run();
        Map<String, TreeSet<String>> before = landing.files();

        landing.hour("2026-01-05T09", "z/1@2026-01-04");
        TransformResult result = landing.run();

        assertThat(result.periods())
                .extracting(TransformResult.Period::period, TransformResult.Period::state)
                .containsExactlyInAnyOrder(tuple("2026-01-04", "rewritten"), tuple("2026-01-05", "unchanged"));
        assertThat(landing.files().get("2026-01-05")).isEqualTo(before.get("2026-01-05"));
    }

    @Test
    void emptiesAPeriodThatLosesItsLastRow() {
        Landing landing = Landing.keyed("loses", 24);
        landing.hour("2026-01-05T00", "a/1@2026-01-04 b/1@2026-01-05");
        landing.run();

        landing.hour("2026-01-05T00", "b/1@2026-01-05");
        landing.run();

        assertThat(landing.base()).containsOnlyKeys("2026-01-05");
        assertThat(landing.books("loses").get("2026-01-04"))
                .extracting(PartitionBook::rows)
                .isEqualTo(0L);
        assertThat(landing.run().periods()).isEmpty();
    }

    @Test
    void keepsAllRowsOfATableWithoutAKey() {
        Landing landing = Landing.keyless("keyless");
        landing.hour("2026-01-05T00", "a/1@2026-01-05 a/1@2026-01-05 -/-@2026-01-05", "a/1@2026-01-05");
        landing.run();

        assertThat(landing.base()).isEqualTo(landing.expected());
        assertThat(landing.base().get("2026-01-05")).hasSize(4);
    }

    @Test
    void picksUpAfterAnAttemptThatDied() {
        Landing landing = Landing.keyed("died", 24);
        landing.hour("2026-01-05T00", "a/1@2026-01-05");
        landing.run();
        // An attempt that left a branch, and one that announced periods, published them and said no more.
        Landing.lake("base", "died").manageSnapshots().createBranch("attempt_0").commit();
        PartitionBook book = landing.books("died").values().iterator().next();
        List<PartitionBook> announced = List.of(
                new PartitionBook(book.period(), book.layer(), Stamps.publishing(1), book.content(), 1, 0, "", "dead"),
                new PartitionBook("2026-01-09", book.layer(), Stamps.publishing(1), "", 0, 0, "", "dead"));
        Landing.CONTROL.transact(connection ->
                new Partitions(Landing.CONTROL).record(connection, "died", announced, Landing.CLOCK.instant()));
        Landing.SESSION
                .spark()
                .sql("insert into millrace.base.died values ('x', 1, 'o', 'e', 1, '2026-01-05T00', '2026-01-09')");

        assertThat(landing.plan().periods())
                .allSatisfy(period -> assertThat(period.reasons()).containsExactly("unfinished attempt"));
        landing.run();

        assertThat(landing.base()).isEqualTo(landing.expected());
        assertThat(Landing.lake("base", "died").refs()).containsOnlyKeys("main");
        assertThat(landing.run().periods()).isEmpty();
    }

    @Test
    void namesRunAndFenceInItsSnapshots() {
        Landing landing = Landing.keyed("named", 24);
        landing.hour("2026-01-05T00", "a/1@2026-01-05");
        landing.run();

        assertThat(Landing.lake("base", "named").snapshots())
                .allSatisfy(snapshot -> assertThat(snapshot.summary())
                        .containsEntry("millrace.run-id", "named-1")
                        .containsEntry("millrace.fence", "1"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void agreesWithTheRuleBookOnRandomLandings(long seed) {
        Random random = new Random(seed);
        Landing landing = Landing.keyed("random" + seed, 3);
        for (int step = 0; step < 5; step++) {
            for (int change = 0; change <= random.nextInt(4); change++) {
                String hour = String.format("2026-01-%02dT%02d", 5 + random.nextInt(2), random.nextInt(6));
                List<Clean> rows = new ArrayList<>();
                int count = random.nextInt(12);
                for (int record = 1; record <= count; record++) {
                    rows.add(new Clean(
                            "k" + random.nextInt(12),
                            random.nextInt(3) == 0 ? null : random.nextInt(3),
                            "o" + random.nextInt(2) + hour,
                            record,
                            hour,
                            "2026-01-0" + (4 + random.nextInt(3))));
                }
                landing.hour(hour, rows);
            }
            landing.run();
            assertThat(landing.base()).as("seed %d, step %d", seed, step).isEqualTo(landing.expected());
            assertThat(landing.run().periods()).isEmpty();
        }
    }
}
