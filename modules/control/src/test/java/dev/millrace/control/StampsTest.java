package dev.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.control.PartitionBook.Layer;
import dev.millrace.job.ExitCode;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class StampsTest {
    private static PartitionBook monday(Layer layer, long rows, String runId) {
        return new PartitionBook(
                "2026-01-05", layer, MadeOf.of(Map.of("hour 2026-01-05T03", "c")), "content", rows, 2, "copies", runId);
    }

    @Test
    void everyPartAndEveryBorderBetweenPartsMatters() {
        List<Map<String, String>> different = List.of(
                Map.of(),
                Map.of("a", ""),
                Map.of("", "a"),
                Map.of("a", "b"),
                Map.of("b", "a"),
                Map.of("a=b", ""),
                Map.of("a", "b", "c", "d"),
                Map.of("a", "b\n1:c=1:d"),
                Map.of("a", "d", "c", "b"));
        assertThat(different.stream().map(parts -> MadeOf.of(parts).stamp()))
                .doesNotHaveDuplicates()
                .allMatch(stamp -> stamp.matches("[0-9a-f]{64}"));
    }

    @Test
    void theOrderOfPartsDoesNotMatterNorDoesTheMachine() {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("settings", "s");
        parts.put("object événements/a", "e1 10");
        Map<String, String> turned = new LinkedHashMap<>();
        turned.put("object événements/a", "e1 10");
        turned.put("settings", "s");
        assertThat(MadeOf.of(parts).stamp())
                .isEqualTo(MadeOf.of(turned).stamp())
                .isEqualTo("9a184d56632b791866f062a25e7de66ae777ed663ea3f0449eeab08de27023bd");
    }

    @Test
    void periodsAreRecordedAndReplacedOneByOne() {
        ControlDatabase control = TestControl.empty().open();
        Partitions partitions = new Partitions(control);
        PartitionBook tuesday = new PartitionBook("2026-01-06", Layer.BASE, MadeOf.of(Map.of()), "", 0, 0, "", "first");
        control.transact(connection -> {
            partitions.record(connection, "events", List.of(monday(Layer.BASE, 5, "first"), tuesday), Instant.EPOCH);
            partitions.record(connection, "metrics", List.of(monday(Layer.MODEL, 1, "first")), Instant.EPOCH);
        });
        control.transact(connection ->
                partitions.record(connection, "events", List.of(monday(Layer.BASE, 6, "second")), Instant.EPOCH));

        assertThat(partitions.of("events").values()).containsExactly(monday(Layer.BASE, 6, "second"), tuesday);
        assertThat(partitions.of("metrics").values()).containsExactly(monday(Layer.MODEL, 1, "first"));
        assertThat(partitions.of("others")).isEmpty();
    }

    @Test
    void theLedgerTellsHowEveryAttemptEndedAndWhichDidNot() {
        ControlDatabase control = TestControl.empty().open();
        Instant now = Instant.parse("2026-01-05T03:00:00Z");
        Runs runs = new Runs(control, Clock.fixed(now, ZoneOffset.UTC));
        runs.started("one", "load", "consents");
        runs.started("one", "transform", "consents");
        runs.finished("one", "transform", ExitCode.BROKEN, "It is held.", "{\"rows\": 1}");
        runs.started("two", "load", "checkins");
        assertThat(runs.latest("consents", 10))
                .containsExactlyInAnyOrder(
                        new Runs.Run("one", "load", "consents", now, null, OptionalInt.empty(), ""),
                        new Runs.Run("one", "transform", "consents", now, now, OptionalInt.of(20), "It is held."));
        assertThat(runs.latest("consents", 1)).hasSize(1);

        // Tried again under its id: how the attempt before ended is no longer how it stands.
        runs.started("one", "transform", "consents");
        assertThat(runs.latest("consents", 10))
                .extracting(Runs.Run::exitCode)
                .containsExactly(OptionalInt.empty(), OptionalInt.empty());
    }
}
