package dev.millrace.ingest.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ingest.feed.HeldMessages.Held;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class HeldMessagesTest {
    private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");

    private final HeldMessages held = new HeldMessages(4, 1000);

    private static Held message(String id, String receipt, Instant time) {
        return new Held(new Message(id, OptionalLong.empty(), "body of " + id), receipt, time, time);
    }

    @Test
    void aMessageThatComesTwiceIsOneMessageWithItsLatestReceipt() throws InterruptedException {
        held.add(List.of(message("a", "first", NOON), message("b", "first", NOON)));
        held.add(List.of(message("a", "second", NOON.plusSeconds(9))));
        assertThat(held.beginLanding())
                .extracting(each -> each.message().id() + " " + each.receipt())
                .containsExactly("a second", "b first");
    }

    @Test
    void aMessageThatComesAgainWhileItIsBeingLandedWaitsForNoOtherObject() throws InterruptedException {
        held.add(List.of(message("a", "first", NOON)));
        held.beginLanding();
        held.add(List.of(message("a", "second", NOON), message("b", "first", NOON)));
        assertThat(held.landed()).extracting(Held::receipt).containsExactly("second");
        held.endLanding();
        assertThat(held.beginLanding()).extracting(each -> each.message().id()).containsExactly("b");
    }

    @Test
    void ripenessIsThatOfTheOldest() throws InterruptedException {
        held.add(List.of(message("a", "first", NOON)));
        held.add(List.of(message("a", "second", NOON.plusSeconds(30)), message("b", "first", NOON.plusSeconds(30))));
        assertThat(held.isRipe(3, 1000, NOON)).isFalse();
        assertThat(held.isRipe(3, 1000, NOON.plusSeconds(1))).isTrue();
        assertThat(held.isRipe(2, 1000, NOON)).isTrue();
        assertThat(held.isRipe(3, "body of a".length() * 2L, NOON)).isTrue();
        held.beginLanding();
        assertThat(held.isRipe(1, 1, NOON.plusSeconds(99))).isFalse();
    }

    @Test
    void allThatIsHeldIsExtendedInTime() throws InterruptedException {
        held.add(List.of(message("a", "first", NOON)));
        held.beginLanding();
        held.add(List.of(message("b", "first", NOON.plusSeconds(5))));
        List<Held> due = held.extendedBefore(NOON.plusSeconds(5));
        assertThat(due).extracting(each -> each.message().id()).containsExactly("a");
        held.extended(due, NOON.plusSeconds(6));
        assertThat(held.extendedBefore(NOON.plusSeconds(6)))
                .extracting(each -> each.message().id())
                .containsExactly("b");
    }

    @Test
    void nothingIsTakenInAfterTheEnd() throws InterruptedException {
        held.close();
        assertThat(held.add(List.of(message("a", "first", NOON)))).isFalse();
        held.await(Duration.ofMillis(1));
        assertThat(held.beginLanding()).isEmpty();
    }
}
