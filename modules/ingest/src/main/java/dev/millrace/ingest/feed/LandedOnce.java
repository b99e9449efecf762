package dev.millrace.ingest.feed;

import dev.millrace.contract.Feed;
import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.Landings;
import dev.millrace.control.TableLock;
import dev.millrace.ingest.landed.LandedKeys;
import dev.millrace.ingest.landed.LandingBucket;
import dev.millrace.job.Milestone;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lands what a source gave, so that a death at any moment neither loses nor doubles it. An object is announced in the control
 * database, then written under a key that no other attempt has, then told to be there. Whoever takes the source over from
 * a run that died in between puts an empty object under the announced key unless there is one: either the dead run's object is
 * there, or it never will be, even where its request is still on the way. Nothing may be taken back from the source before
 * {@link #land} has come back.
 */
final class LandedOnce implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LandedOnce.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd-HH-mm-ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String pipeline;
    private final SourceTable table;
    private final String source;
    private final LandingBucket bucket;
    private final TableLock lock;
    private final Landings landings;
    private final Clock clock;

    private LandedOnce(
            String pipeline,
            SourceTable table,
            String source,
            LandingBucket bucket,
            TableLock lock,
            Landings landings,
            Clock clock) {
        this.pipeline = pipeline;
        this.table = table;
        this.source = source;
        this.bucket = bucket;
        this.lock = lock;
        this.landings = landings;
        this.clock = clock;
    }

    /**
     * Takes the source, and settles what a run that died left open. Another run that has the source is waited for shortly.
     *
     * @param identity tells the source from others that had the same name
     */
    static LandedOnce take(
            ControlDatabase control,
            LandingBucket bucket,
            String pipeline,
            SourceTable table,
            Feed feed,
            String identity,
            Clock clock) {
        TableLock lock = TableLock.takeSource(control, feed.source(), PATIENCE);
        Landings landings = new Landings(control, lock, identity, clock);
        LandedOnce landing = new LandedOnce(pipeline, table, feed.source(), bucket, lock, landings, clock);
        try {
            landing.settle();
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
        return landing;
    }

    private void settle() {
        for (String object : landings.announced()) {
            if (bucket.putNew(object, MessageObject.of(source, List.of()), Map.of())) {
                LOG.warn(
                        "A run died before it wrote s3://{}/{}: an empty object stands there now, and what it was to hold is"
                                + " still in {}.",
                        bucket.name(),
                        object,
                        source);
                landings.forsake(object);
            } else {
                LOG.info("A run died after it wrote s3://{}/{}: its messages have landed.", bucket.name(), object);
                landings.landed(object);
            }
        }
    }

    /** An object that is there. */
    record Landed(String key, LandingHour hour) {}

    Set<String> known(Collection<String> messages) {
        return landings.known(messages);
    }

    Map<String, String> positions() {
        return landings.positions();
    }

    void forget(Duration age) {
        landings.forget(age);
    }

    /**
     * Lands messages as one object of the present hour, and gives it back.
     *
     * @param ids by which the messages are known from now on
     * @param positions how far the object brings each shard
     */
    Landed land(Collection<Message> messages, Collection<String> ids, Map<String, String> positions) {
        byte[] bytes = MessageObject.of(source, messages);
        Instant now = clock.instant();
        LandingHour hour = LandingHour.at(now);
        String key = key(hour, now);
        landings.announce(key, ids, positions);
        Milestone.passed("land.announced");
        // The answer to a first try may have been lost: then the object is this one's own.
        if (!bucket.putNew(key, bytes, Map.of())
                && !bucket.bytes(key)
                        .filter(there -> Arrays.equals(there, bytes))
                        .isPresent()) {
            throw TableLock.lost(source);
        }
        Milestone.passed("land.written");
        landings.landed(key);
        Milestone.passed("land.booked");
        LOG.info("landed {} messages as s3://{}/{}", messages.size(), bucket.name(), key);
        return new Landed(key, hour);
    }

    private String key(LandingHour hour, Instant now) {
        return new LandedKeys(table).folder(hour) + pipeline + "-1-" + TIME.format(now) + "-" + UUID.randomUUID()
                + ".gz";
    }

    @Override
    public void close() {
        lock.close();
    }
}
