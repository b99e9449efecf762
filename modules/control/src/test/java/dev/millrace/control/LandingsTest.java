package dev.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.job.JobException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LandingsTest {
    private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String SOURCE = "sqs:logins";

    private final ControlDatabase control = TestControl.empty().open();

    private Landings landings(TableLock lock, Instant now) {
        return new Landings(control, lock, lock.table(), Clock.fixed(now, ZoneOffset.UTC));
    }

    @Test
    void messagesAreKnownOnceTheirObjectIsThere() {
        try (TableLock lock = TableLock.takeSource(control, SOURCE, PATIENCE)) {
            Landings landings = landings(lock, NOON);
            landings.announce("a.gz", List.of("1", "2"), Map.of());
            assertThat(landings.known(List.of("1", "2", "3"))).isEmpty();
            assertThat(landings.announced()).containsExactly("a.gz");

            landings.landed("a.gz");
            assertThat(landings.known(List.of("1", "2", "3"))).containsExactlyInAnyOrder("1", "2");
            assertThat(landings.announced()).isEmpty();
        }
        try (TableLock lock = TableLock.takeSource(control, "sqs:others", PATIENCE)) {
            assertThat(landings(lock, NOON).known(List.of("1"))).isEmpty();
        }
    }

    @Test
    void whatWasForsakenMayBeAnnouncedAgain() {
        try (TableLock lock = TableLock.takeSource(control, SOURCE, PATIENCE)) {
            Landings landings = landings(lock, NOON);
            landings.announce("a.gz", List.of("1"), Map.of("shard", "7"));
            landings.forsake("a.gz");
            assertThat(landings.announced()).isEmpty();
            assertThat(landings.positions()).isEmpty();
            landings.announce("b.gz", List.of("1"), Map.of());
            landings.landed("b.gz");
            assertThat(landings.known(List.of("1"))).containsExactly("1");
        }
    }

    @Test
    void shardsMoveWithTheObjectThatBringsThemOn() {
        try (TableLock lock = TableLock.takeSource(control, "kinesis:clicks", PATIENCE)) {
            Landings landings = landings(lock, NOON);
            landings.announce("a.gz", List.of(), Map.of("one", "1", "two", "2"));
            assertThat(landings.positions()).isEmpty();
            landings.landed("a.gz");
            landings.announce("b.gz", List.of(), Map.of("two", "9"));
            landings.landed("b.gz");
            assertThat(landings.positions()).isEqualTo(Map.of("one", "1", "two", "9"));
        }
    }

    @Test
    void oldMessagesAreForgotten() {
        try (TableLock lock = TableLock.takeSource(control, SOURCE, PATIENCE)) {
            for (int day = 0; day < 3; day++) {
                Landings landings = landings(lock, NOON.plus(Duration.ofDays(day)));
                landings.announce(day + ".gz", List.of("of " + day), Map.of());
                landings.landed(day + ".gz");
            }
            Landings later = landings(lock, NOON.plus(Duration.ofDays(3)));
            later.forget(Duration.ofDays(2));
            assertThat(later.known(List.of("of 0", "of 1", "of 2"))).containsExactlyInAnyOrder("of 1", "of 2");
        }
    }

    @Test
    void whoWasOvertakenChangesNothing() {
        try (TableLock lock = TableLock.takeSource(control, SOURCE, PATIENCE)) {
            Landings overtaken = landings(lock, NOON);
            overtaken.announce("a.gz", List.of("1"), Map.of());
            lock.close();
            try (TableLock next = TableLock.takeSource(control, SOURCE, PATIENCE)) {
                landings(next, NOON).forsake("a.gz");
                assertThatThrownBy(() -> overtaken.landed("a.gz"))
                        .isInstanceOf(JobException.class)
                        .hasMessageStartingWith("Another run took over source sqs:logins");
                assertThatThrownBy(() -> overtaken.announce("b.gz", List.of("2"), Map.of()))
                        .isInstanceOf(JobException.class);
                assertThat(landings(next, NOON).announced()).isEmpty();
            }
        }
    }
}
