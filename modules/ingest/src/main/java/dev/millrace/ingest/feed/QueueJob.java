package dev.millrace.ingest.feed;

import dev.millrace.ingest.feed.HeldMessages.Held;
import dev.millrace.job.Awaited;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.job.Milestone;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a queue's messages and lands them. Several threads receive; one lands what has gathered, and deletes it from the queue
 * when it is durable. What was landed before, by this run or another, is deleted and not landed again. Nobody looks into a
 * body: a message that makes no sense lands like any other, and is quarantined where it is read.
 */
final class QueueJob {
    private static final Logger LOG = LoggerFactory.getLogger(QueueJob.class);
    /** Longer than any queue keeps a message: an id that is older does not come again. */
    private static final Duration KNOWN_FOR = Duration.ofDays(15);
    /** An object's texts, before they are compressed. */
    private static final long OBJECT_CHARACTERS = 32L << 20;

    private static final Duration BEAT = Duration.ofMillis(200);

    private final Sqs queue;
    private final LandedOnce landed;
    private final Bounds bounds;
    private final Pace pace;
    private final Clock clock;

    private final HeldMessages held;
    private final AtomicLong wanted;
    private final AtomicInteger receiving = new AtomicInteger();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private volatile boolean stopped;
    private volatile boolean ended;

    private final List<LandedOnce.Landed> objects = new ArrayList<>();
    private long messages;
    private long repeated;
    private long refused;

    QueueJob(Sqs queue, LandedOnce landed, Bounds bounds, Pace pace, Clock clock) {
        this.queue = queue;
        this.landed = landed;
        this.bounds = bounds;
        this.pace = pace;
        this.clock = clock;
        held = new HeldMessages(2 * pace.objectMessages(), 2 * OBJECT_CHARACTERS);
        wanted = new AtomicLong(bounds.messages());
    }

    /**
     * When a run ends by itself.
     *
     * @param messages after so many messages
     * @param time after so long, where that is said
     * @param untilEmpty as soon as the queue has nothing to give
     */
    record Bounds(long messages, Optional<Duration> time, boolean untilEmpty) {}

    /**
     * How a run takes.
     *
     * @param receivers how many requests wait for messages at a time
     * @param poll how long a request waits for the first message
     * @param hidden for how long a message is hidden from others; extended while we hold it
     * @param objectMessages at most about so many messages become an object
     * @param objectAge no message waits longer than this for its object
     */
    record Pace(int receivers, Duration poll, Duration hidden, int objectMessages, Duration objectAge) {}

    /** What a run came to: messages that landed, and those that had landed before. */
    record Taken(List<LandedOnce.Landed> objects, long messages, long repeated, long refused) {}

    /** Ends the run as soon as what was received has landed. May be called by any thread. */
    void stop() {
        stopped = true;
        held.changed();
    }

    Taken run() {
        landed.forget(KNOWN_FOR);
        Instant begun = clock.instant();
        ExecutorService threads = Executors.newFixedThreadPool(2 * pace.receivers() + 1, QueueJob::daemon);
        try {
            threads.execute(this::keepHidden);
            receiving.set(pace.receivers());
            for (int receiver = 0; receiver < pace.receivers(); receiver++) {
                threads.execute(this::receive);
            }
            while (goesOn(begun)) {
                held.await(BEAT);
                if (held.isRipe(
                        pace.objectMessages(),
                        OBJECT_CHARACTERS,
                        clock.instant().minus(pace.objectAge()))) {
                    land(threads);
                }
            }
            held.close();
            land(threads);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ExitCode.TEMPORARY, "Interrupted: what had not landed is still in the queue.", e);
        } finally {
            ended = true;
            held.close();
            threads.shutdownNow();
        }
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        return new Taken(List.copyOf(objects), messages, repeated, refused);
    }

    /** What is broken off at the end is no failure. */
    private void fail(RuntimeException e) {
        if (!ended) {
            failure.compareAndSet(null, e);
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "queue");
        thread.setDaemon(true);
        return thread;
    }

    private boolean goesOn(Instant begun) {
        boolean inTime = bounds.time()
                .map(time -> clock.instant().isBefore(begun.plus(time)))
                .orElse(true);
        return inTime && !stopped && receiving.get() > 0 && failure.get() == null;
    }

    /** One of several: receives until nothing more is wanted, or there is nothing more. */
    private void receive() {
        try {
            while (!stopped) {
                int claimed = claim();
                if (claimed == 0) {
                    return;
                }
                List<Sqs.Received> received = queue.receive(claimed, pace.poll(), pace.hidden());
                wanted.addAndGet(claimed - received.size());
                if (received.isEmpty() && bounds.untilEmpty()) {
                    return;
                }
                Instant now = clock.instant();
                List<Held> fresh = received.stream()
                        .map(each -> new Held(each.message(), each.receipt(), now, now))
                        .toList();
                Milestone.passed("land.received");
                if (!fresh.isEmpty() && !held.add(fresh)) {
                    // Nobody waits for them any more: others may have them at once.
                    queue.hide(fresh.stream().map(Held::receipt).toList(), Duration.ZERO);
                    return;
                }
            }
        } catch (RuntimeException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            receiving.decrementAndGet();
            held.changed();
        }
    }

    private int claim() {
        long before = wanted.getAndUpdate(left -> Math.max(0, left - Sqs.BATCH));
        return (int) Math.min(Sqs.BATCH, before);
    }

    /** What we hold stays hidden from others for as long as it takes. */
    private void keepHidden() {
        Duration third = pace.hidden().dividedBy(3);
        try {
            while (true) {
                Thread.sleep(Math.max(100, third.toMillis() / 3));
                Instant now = clock.instant();
                List<Held> due = held.extendedBefore(now.minus(third));
                for (List<Held> some : batches(due)) {
                    int failed = queue.hide(some.stream().map(Held::receipt).toList(), pace.hidden());
                    held.extended(some, now);
                    if (failed > 0) {
                        LOG.warn("{} messages could not be kept hidden: others may receive them too.", failed);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            fail(e);
            held.changed();
        }
    }

    /** Lands what waits, and deletes it once it is durable. */
    private void land(ExecutorService threads) throws InterruptedException {
        List<Held> taken = held.beginLanding();
        if (taken.isEmpty()) {
            return;
        }
        Set<String> known =
                landed.known(taken.stream().map(each -> each.message().id()).toList());
        List<Message> fresh = taken.stream()
                .map(Held::message)
                .filter(message -> !known.contains(message.id()))
                .toList();
        if (!fresh.isEmpty()) {
            objects.add(landed.land(fresh, fresh.stream().map(Message::id).toList(), Map.of()));
        }
        messages += fresh.size();
        repeated += known.size();
        refused += delete(threads, held.landed());
        held.endLanding();
        Milestone.passed("land.deleted");
    }

    /** What cannot be deleted comes again, and is known then. */
    private int delete(ExecutorService threads, List<Held> durable) throws InterruptedException {
        List<Future<Integer>> requests = new ArrayList<>();
        for (List<Held> some : batches(durable)) {
            List<String> receipts = some.stream().map(Held::receipt).toList();
            requests.add(threads.submit(() -> queue.delete(receipts)));
        }
        int failed = 0;
        for (Future<Integer> request : requests) {
            failed += Awaited.result(request);
        }
        return failed;
    }

    private static List<List<Held>> batches(List<Held> all) {
        List<List<Held>> batches = new ArrayList<>();
        for (int first = 0; first < all.size(); first += Sqs.BATCH) {
            batches.add(all.subList(first, Math.min(all.size(), first + Sqs.BATCH)));
        }
        return batches;
    }
}
