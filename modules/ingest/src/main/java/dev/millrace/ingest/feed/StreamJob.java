package dev.millrace.ingest.feed;

import dev.millrace.job.Awaited;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.job.Milestone;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all shards of a stream, each from where the last object that landed brought it, and lands what they give. Round by
 * round every shard is asked once. A shard that came of others by a split or a merge is read when these have ended, so that
 * records of a partition key land in their order. Positions move with the object that holds the records, and never before.
 */
final class StreamJob {
    private static final Logger LOG = LoggerFactory.getLogger(StreamJob.class);
    /** The position of a shard that has been read to its end; others are numbers. */
    private static final String END = "end";

    /** Shards that are asked side by side; each may give ten megabytes. */
    private static final int AT_A_TIME = 8;

    private static final long OBJECT_CHARACTERS = 32L << 20;
    /** A shard may be asked five times a second. */
    private static final Duration ROUND = Duration.ofMillis(220);
    /** Longer than any stream keeps its records there is nothing to settle. */
    private static final Duration KNOWN_FOR = Duration.ofDays(15);

    private final Kinesis stream;
    private final LandedOnce landed;
    private final Bounds bounds;
    private final Pace pace;
    private final Clock clock;
    private volatile boolean stopped;

    /** How far each shard has been read by now. */
    private final Map<String, String> read = new HashMap<>();

    private final Map<String, String> iterators = new HashMap<>();
    /** What has been read and has not landed, and how far it brings each shard. */
    private final List<Message> waiting = new ArrayList<>();

    private final Map<String, String> reached = new LinkedHashMap<>();
    private long characters;
    private Optional<Instant> since = Optional.empty();

    private final List<LandedOnce.Landed> objects = new ArrayList<>();
    private long messages;

    StreamJob(Kinesis stream, LandedOnce landed, Bounds bounds, Pace pace, Clock clock) {
        this.stream = stream;
        this.landed = landed;
        this.bounds = bounds;
        this.pace = pace;
        this.clock = clock;
    }

    /**
     * When a run ends by itself.
     *
     * @param time after so long, where that is said
     * @param untilEmpty as soon as every shard has been read to where it is now
     */
    record Bounds(Optional<Duration> time, boolean untilEmpty) {}

    /** At most about so many records become an object, and none waits longer for it. */
    record Pace(int objectMessages, Duration objectAge) {}

    record Taken(List<LandedOnce.Landed> objects, long messages) {}

    /** Ends the run as soon as what was read has landed. May be called by any thread. */
    void stop() {
        stopped = true;
    }

    Taken run() {
        landed.forget(KNOWN_FOR);
        read.putAll(landed.positions());
        Instant begun = clock.instant();
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME, StreamJob::daemon);
        try {
            boolean done = false;
            List<Kinesis.Shard> shards = stream.shards();
            while (!done && !stopped && inTime(begun)) {
                Instant round = clock.instant();
                Outcome outcome = round(readable(shards), threads);
                if (outcome.ended()) {
                    // What it was split into, or merged to, is read from now on.
                    shards = stream.shards();
                }
                done = bounds.untilEmpty() && outcome.caughtUp() && !outcome.ended();
                pause(done ? Duration.ZERO : Duration.between(clock.instant(), round.plus(ROUND)));
            }
            land();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ExitCode.TEMPORARY, "Interrupted: what had not landed is still in the stream.", e);
        } finally {
            threads.shutdownNow();
        }
        return new Taken(List.copyOf(objects), messages);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "shard");
        thread.setDaemon(true);
        return thread;
    }

    private boolean inTime(Instant begun) {
        return bounds.time()
                .map(time -> clock.instant().isBefore(begun.plus(time)))
                .orElse(true);
    }

    private static void pause(Duration time) throws InterruptedException {
        if (!time.isNegative() && !time.isZero()) {
            Thread.sleep(time.toMillis());
        }
    }

    /** The shards that have not ended, but for those whose parents have not. */
    private List<String> readable(List<Kinesis.Shard> shards) {
        Set<String> open = shards.stream()
                .map(Kinesis.Shard::id)
                .filter(shard -> !END.equals(read.get(shard)))
                .collect(Collectors.toSet());
        return shards.stream()
                .filter(shard -> open.contains(shard.id()))
                .filter(shard -> shard.parents().stream().noneMatch(open::contains))
                .map(Kinesis.Shard::id)
                .toList();
    }

    /** What came of a round. */
    private record Outcome(boolean caughtUp, boolean ended) {}

    /** Asks every shard once, and lands what is enough for an object. */
    private Outcome round(List<String> shards, ExecutorService threads) throws InterruptedException {
        Outcome outcome = new Outcome(true, false);
        for (int first = 0; first < shards.size(); first += AT_A_TIME) {
            Outcome some = read(shards.subList(first, Math.min(shards.size(), first + AT_A_TIME)), threads);
            outcome = new Outcome(outcome.caughtUp() && some.caughtUp(), outcome.ended() || some.ended());
            if (isRipe()) {
                land();
            }
        }
        return outcome;
    }

    private Outcome read(List<String> shards, ExecutorService threads) throws InterruptedException {
        Map<String, Future<Optional<Kinesis.Batch>>> requests = new LinkedHashMap<>();
        for (String shard : shards) {
            Optional<String> position = Optional.ofNullable(read.get(shard));
            Optional<String> iterator = Optional.ofNullable(iterators.get(shard));
            requests.put(
                    shard,
                    threads.submit(() -> stream.read(shard, iterator.orElseGet(() -> stream.after(shard, position)))));
        }
        boolean caughtUp = true;
        boolean ended = false;
        for (Map.Entry<String, Future<Optional<Kinesis.Batch>>> request : requests.entrySet()) {
            Optional<Kinesis.Batch> batch = Awaited.result(request.getValue());
            iterators.remove(request.getKey());
            if (batch.isPresent()) {
                take(request.getKey(), batch.get());
                ended |= batch.get().next().isEmpty();
                caughtUp &= batch.get().caughtUp() || batch.get().next().isEmpty();
            } else {
                caughtUp = false;
            }
        }
        Milestone.passed("land.received");
        return new Outcome(caughtUp, ended);
    }

    private void take(String shard, Kinesis.Batch batch) {
        for (Kinesis.Received received : batch.records()) {
            waiting.add(received.message());
            characters += received.message().body().length();
            read.put(shard, received.position());
            reached.put(shard, received.position());
        }
        if (!batch.records().isEmpty() && since.isEmpty()) {
            since = Optional.of(clock.instant());
        }
        batch.next().ifPresent(next -> iterators.put(shard, next));
        if (batch.next().isEmpty()) {
            LOG.info("shard {} has ended and has been read to its end", shard);
            read.put(shard, END);
            reached.put(shard, END);
        }
    }

    private boolean isRipe() {
        return waiting.size() >= pace.objectMessages()
                || characters >= OBJECT_CHARACTERS
                || since.map(oldest -> oldest.plus(pace.objectAge()).isBefore(clock.instant()))
                        .orElse(false);
    }

    /** The end of a shard that gave nothing more is told with the next object: until then it is only read once more. */
    private void land() {
        if (waiting.isEmpty()) {
            return;
        }
        objects.add(landed.land(waiting, List.of(), reached));
        messages += waiting.size();
        waiting.clear();
        reached.clear();
        characters = 0;
        since = Optional.empty();
    }
}
