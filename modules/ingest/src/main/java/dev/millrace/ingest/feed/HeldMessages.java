package dev.millrace.ingest.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The messages that a queue has given out to us: those that wait for an object, and those that are being landed. A message that
 * the queue gives out once more while it is here stays one message; the latest receipt counts.
 */
final class HeldMessages {
    private final int room;
    private final long characters;
    private final Map<String, Held> waiting = new LinkedHashMap<>();
    private final Map<String, Held> landing = new LinkedHashMap<>();
    private long length;
    private boolean open = true;

    /**
     * Whoever brings more than this has to wait.
     *
     * @param room how many messages may wait for their object
     * @param characters how long they may be together
     */
    HeldMessages(int room, long characters) {
        this.room = room;
        this.characters = characters;
    }

    /** A message with what the queue wants to hear to extend or delete it, and until when it stays hidden from others. */
    record Held(Message message, String receipt, Instant since, Instant extended) {}

    /** Takes in what was received. Waits while there is no room; false once nothing more is wanted. */
    synchronized boolean add(List<Held> received) throws InterruptedException {
        while (open && (waiting.size() >= room || length >= characters)) {
            wait();
        }
        if (!open) {
            return false;
        }
        for (Held held : received) {
            String id = held.message().id();
            if (landing.containsKey(id)) {
                landing.put(id, held);
            } else {
                Held before = waiting.put(id, before(id, held));
                length += before == null ? held.message().body().length() : 0;
            }
        }
        notifyAll();
        return true;
    }

    private Held before(String id, Held held) {
        Held waits = waiting.get(id);
        return waits == null ? held : new Held(held.message(), held.receipt(), waits.since(), held.extended());
    }

    /** Wakes whoever waits here; from now on nothing is taken in. */
    synchronized void close() {
        open = false;
        notifyAll();
    }

    /** Waits for a change, but not longer than told. Whoever waits looks again, whatever woke it. */
    @SuppressWarnings("WaitNotInLoop")
    synchronized void await(Duration patience) throws InterruptedException {
        wait(Math.max(1, patience.toMillis()));
    }

    synchronized void changed() {
        notifyAll();
    }

    synchronized int waitingCount() {
        return waiting.size();
    }

    /** Whether enough waits for an object, or has waited long enough. */
    synchronized boolean isRipe(int count, long enough, Instant since) {
        return waiting.size() >= count
                || length >= enough
                || !waiting.isEmpty()
                        && waiting.values().iterator().next().since().isBefore(since);
    }

    /** All that waits is being landed from now on. */
    synchronized List<Held> beginLanding() {
        landing.putAll(waiting);
        waiting.clear();
        length = 0;
        notifyAll();
        return List.copyOf(landing.values());
    }

    /** The latest receipts of what is being landed. */
    synchronized List<Held> landed() {
        return List.copyOf(landing.values());
    }

    /** What was landed is nobody's business any more. */
    synchronized void endLanding() {
        landing.clear();
    }

    /** What others would soon see again, had its time not been extended since. */
    synchronized List<Held> extendedBefore(Instant time) {
        List<Held> due = new ArrayList<>();
        for (Collection<Held> each : List.of(waiting.values(), landing.values())) {
            each.stream().filter(held -> held.extended().isBefore(time)).forEach(due::add);
        }
        return due;
    }

    synchronized void extended(Collection<Held> held, Instant now) {
        for (Held one : held) {
            for (Map<String, Held> each : List.of(waiting, landing)) {
                each.computeIfPresent(
                        one.message().id(), (id, is) -> new Held(is.message(), is.receipt(), is.since(), now));
            }
        }
    }
}
