package dev.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class BooksTest {
    private static final String HOUR = "2026-01-05T03";
    private static final MadeOf MADE_OF = MadeOf.of(Map.of("settings", "s", "object events/a", "e1 10"));
    private static final ObjectBook GOOD =
            new ObjectBook("events/a", "e1", 10, Optional.empty(), true, true, 5, 3, 0, 2);
    private static final ObjectBook COPY =
            new ObjectBook("events/b", "e1", 10, Optional.of("events/a"), true, false, 5, 0, 5, 0);
    private static final Edge MONDAY = new Edge(HOUR, "2026-01-05", 2, "c1", "k1");
    private static final Edge SUNDAY = new Edge(HOUR, "2026-01-04", 1, "c2", "k2");

    private final TestControl database = TestControl.empty();
    private final ControlDatabase control = database.open();
    private final Books books = new Books(control);

    private static HourBook hour(String hour, long generation, boolean held, ObjectBook... objects) {
        return new HourBook(
                hour, generation, held, MADE_OF, List.of(objects), new TreeMap<>(Map.of("nul", 2L)), 3, "plan");
    }

    private void record(String table, HourBook hour, Optional<Collection<Edge>> edges) {
        control.transact(connection -> books.record(connection, table, hour, edges, Instant.EPOCH));
    }

    private HourBook recorded(String hour) {
        return Objects.requireNonNull(books.hours("events").get(hour));
    }

    @Test
    void givesBackWhatWasRecorded() {
        HourBook hour = hour(HOUR, 1, false, GOOD, COPY);
        record("events", hour, Optional.of(List.of(MONDAY, SUNDAY)));

        assertThat(books.hours("events")).containsExactly(Map.entry(HOUR, hour));
        assertThat(books.edges("events")).containsExactly(SUNDAY, MONDAY);
        assertThat(books.hours("others")).isEmpty();
        assertThat(books.edges("others")).isEmpty();
        assertThat(hour.landed()).isEqualTo(10);
        assertThat(hour.clean()).isEqualTo(3);
        assertThat(hour.duplicate()).isEqualTo(5);
        assertThat(hour.quarantined()).isEqualTo(2);
    }

    @Test
    void takesTheFirstHourOfAnIntervalAndNotTheLast() {
        for (String each : List.of("2026-01-05T02", HOUR, "2026-01-05T04", "2026-01-05T05")) {
            record("events", hour(each, 1, false, GOOD), Optional.empty());
        }
        assertThat(books.hours("events", HOUR, "2026-01-05T05")).containsOnlyKeys(HOUR, "2026-01-05T04");
        assertThat(books.hours("events")).hasSize(4);
    }

    @Test
    void anHourIsRecordedWholeAndNoOtherIsTouched() {
        HourBook other = hour("2026-01-05T04", 1, false, COPY);
        Edge others = new Edge("2026-01-05T04", "2026-01-05", 9, "c", "k");
        record("events", other, Optional.of(List.of(others)));
        record("visits", hour(HOUR, 1, false, GOOD), Optional.of(List.of(MONDAY)));
        record("events", hour(HOUR, 1, false, GOOD, COPY), Optional.of(List.of(MONDAY, SUNDAY)));

        HourBook again = new HourBook(HOUR, 2, false, MADE_OF, List.of(COPY), new TreeMap<>(), 0, "another plan");
        record("events", again, Optional.of(List.of(SUNDAY)));

        assertThat(books.hours("events")).containsExactly(Map.entry(HOUR, again), Map.entry("2026-01-05T04", other));
        assertThat(books.edges("events")).containsExactly(SUNDAY, others);
        assertThat(books.edges("visits")).containsExactly(MONDAY);
        assertThat(books.hours("visits")).containsExactly(Map.entry(HOUR, hour(HOUR, 1, false, GOOD)));
    }

    @Test
    void aHeldHourKeepsItsEdgesAndAnEmptiedOneHasNone() {
        record("events", hour(HOUR, 1, false, GOOD), Optional.of(List.of(MONDAY)));
        record("events", hour(HOUR, 2, true, COPY), Optional.empty());
        assertThat(recorded(HOUR).held()).isTrue();
        assertThat(books.edges("events")).containsExactly(MONDAY);

        record("events", hour(HOUR, 3, false), Optional.of(List.of()));
        assertThat(books.edges("events")).isEmpty();
        assertThat(recorded(HOUR).objects()).isEmpty();
    }

    @Test
    void anAnnouncedHourIsStaleUntilItIsRecorded() {
        record("events", hour(HOUR, 1, false, GOOD), Optional.of(List.of(MONDAY)));
        String fresh = recorded(HOUR).madeOf().stamp();

        control.transact(connection -> {
            books.announce(connection, "events", HOUR, "attempt", Instant.EPOCH);
            books.announce(connection, "events", "2026-01-05T09", "attempt", Instant.EPOCH);
        });

        assertThat(recorded(HOUR).madeOf().stamp()).isNotEqualTo(fresh);
        assertThat(recorded(HOUR).madeOf().parts()).containsEntry(HourBook.PUBLISHING, "attempt");
        assertThat(recorded(HOUR).generation()).isEqualTo(2);
        assertThat(recorded(HOUR).objects()).containsExactly(GOOD);
        assertThat(books.edges("events")).containsExactly(MONDAY);
        assertThat(recorded("2026-01-05T09").madeOf().parts()).containsOnlyKeys(HourBook.PUBLISHING);
        assertThat(recorded("2026-01-05T09").generation()).isEqualTo(1);

        record("events", hour(HOUR, 3, false, GOOD), Optional.of(List.of(MONDAY)));
        assertThat(recorded(HOUR).madeOf().stamp()).isEqualTo(fresh);
    }

    @Test
    void whatWasRecordedInATransactionThatFailsIsNotThere() {
        record("events", hour(HOUR, 1, false, GOOD), Optional.of(List.of(MONDAY)));
        assertThatThrownBy(() -> control.transact(connection -> {
                    books.record(connection, "events", hour(HOUR, 2, false), Optional.of(List.of()), Instant.EPOCH);
                    throw new IllegalStateException("dies");
                }))
                .hasMessage("dies");
        assertThat(recorded(HOUR)).isEqualTo(hour(HOUR, 1, false, GOOD));
        assertThat(books.edges("events")).containsExactly(MONDAY);
    }

    @Test
    void booksOfAnObjectHaveToBalance() {
        assertThatThrownBy(() -> new ObjectBook("events/a", "e", 1, Optional.empty(), true, true, 5, 3, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("5 landed, 3 clean, 1 duplicate, 0 quarantined");
    }

    @Test
    void booksThatDoNotBalanceAreRefusedByTheDatabaseToo() {
        record("events", hour(HOUR, 1, false, GOOD), Optional.empty());
        for (String table : List.of("hour", "hour_object")) {
            for (String count : List.of("landed", "clean", "duplicate", "quarantined")) {
                assertThatThrownBy(() ->
                                database.execute("update millrace." + table + " set " + count + " = " + count + " + 1"))
                        .hasStackTraceContaining(table + "_check");
            }
        }
    }
}
