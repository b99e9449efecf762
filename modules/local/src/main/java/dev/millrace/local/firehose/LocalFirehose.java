package dev.millrace.local.firehose;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** A delivery stream that is fed by a stream of Kinesis, from its beginning. */
public final class LocalFirehose {
    private final KinesisClient kinesis;
    private final String stream;
    private final DeliverySettings settings;
    private final DeliveryStream delivery;
    private final Clock clock;
    /** Where to read on; nothing at the end of a shard that is closed. */
    private final Map<String, Optional<String>> iterators = new HashMap<>();

    /** Reads a stream of a Kinesis that was started for it. */
    public LocalFirehose(
            LocalKinesis kinesis, String stream, DeliverySettings settings, DeliveryStream.Sink sink, Clock clock) {
        this(kinesis.client(), stream, settings, sink, clock);
    }

    LocalFirehose(
            KinesisClient kinesis, String stream, DeliverySettings settings, DeliveryStream.Sink sink, Clock clock) {
        this.kinesis = requireNonNull(kinesis, "kinesis");
        this.stream = requireNonNull(stream, "stream");
        this.settings = requireNonNull(settings, "settings");
        this.delivery = new DeliveryStream(settings, UUID::randomUUID, sink);
        this.clock = requireNonNull(clock, "clock");
    }

    /** Takes what the stream holds by now, and delivers what is due; gives back how many records there were. */
    public int take() {
        int taken = 0;
        for (Shard shard :
                kinesis.listShards(request -> request.streamName(stream)).shards()) {
            Optional<String> iterator = iterators.computeIfAbsent(shard.shardId(), id -> Optional.of(beginning(id)));
            if (iterator.isPresent()) {
                GetRecordsResponse read = kinesis.getRecords(request -> request.shardIterator(iterator.get()));
                accept(read.records());
                taken += read.records().size();
                iterators.put(shard.shardId(), Optional.ofNullable(read.nextShardIterator()));
            }
        }
        delivery.deliverWhatIsDue(now());
        return taken;
    }

    private void accept(List<Record> records) {
        for (Record record : records) {
            Instant arrival = record.approximateArrivalTimestamp().minus(settings.ago());
            delivery.accept(record.data().asByteArray(), arrival, now());
        }
    }

    /** Delivers everything that was taken. */
    public void deliverAll() {
        delivery.deliverAll();
    }

    private Instant now() {
        return clock.instant().minus(settings.ago());
    }

    private String beginning(String shard) {
        return kinesis.getShardIterator(request ->
                        request.streamName(stream).shardId(shard).shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                .shardIterator();
    }
}
