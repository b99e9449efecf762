package dev.millrace.ingest.feed;

import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.lake.AwsClients;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.KinesisClientBuilder;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** A stream of Kinesis. Whatever goes wrong becomes a sentence with the stream, and the exit code that says whether to retry. */
final class Kinesis implements AutoCloseable {
    private static final int MOST_RECORDS = 10_000;

    private final KinesisClient client;
    private final String stream;
    private final String identity;

    private Kinesis(KinesisClient client, String stream, String identity) {
        this.client = client;
        this.stream = stream;
        this.identity = identity;
    }

    /** A shard and those that it came of, by a split or a merge. */
    record Shard(String id, List<String> parents) {}

    /** A record and its place in its shard. */
    record Received(Message message, String position) {}

    /**
     * What a shard gave.
     *
     * @param next where to go on; nothing where the shard has ended
     * @param caughtUp whether nothing more was there to give
     */
    record Batch(List<Received> records, Optional<String> next, boolean caughtUp) {}

    static Kinesis open(Environment.Service settings, String stream) {
        KinesisClientBuilder builder = KinesisClient.builder();
        KinesisClient client = AwsClients.set(builder, settings.endpoint(), settings.region(), settings.credentials())
                .build();
        try {
            long created = attempt(
                    stream,
                    "find",
                    () -> client.describeStreamSummary(request -> request.streamName(stream))
                            .streamDescriptionSummary()
                            .streamCreationTimestamp()
                            .toEpochMilli());
            return new Kinesis(client, stream, "kinesis:" + stream + "@" + created);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** Not that of a stream which had the name before: its shards have the same names, and other positions. */
    String identity() {
        return identity;
    }

    /** Every shard that still holds records, closed ones too. */
    List<Shard> shards() {
        return attempt(stream, "list the shards of", () -> {
            List<Shard> shards = new ArrayList<>();
            String token = null;
            do {
                ListShardsRequest.Builder request = ListShardsRequest.builder();
                // Only the first page is asked for by name.
                ListShardsResponse page = client.listShards(
                        token == null
                                ? request.streamName(stream).build()
                                : request.nextToken(token).build());
                page.shards()
                        .forEach(shard -> shards.add(new Shard(
                                shard.shardId(),
                                Stream.of(shard.parentShardId(), shard.adjacentParentShardId())
                                        .flatMap(Stream::ofNullable)
                                        .toList())));
                token = page.nextToken();
            } while (token != null);
            return shards;
        });
    }

    /** Where to read on after a position; without one, from the oldest record that is there. */
    String after(String shard, Optional<String> position) {
        return attempt(
                stream,
                "read",
                () -> client.getShardIterator(request -> request.streamName(stream)
                                .shardId(shard)
                                .shardIteratorType(
                                        position.isPresent()
                                                ? ShardIteratorType.AFTER_SEQUENCE_NUMBER
                                                : ShardIteratorType.TRIM_HORIZON)
                                .startingSequenceNumber(position.orElse(null)))
                        .shardIterator());
    }

    /** Reads on; nothing where the shard is read too fast, or the iterator is too old: then ask for another one. */
    Optional<Batch> read(String shard, String iterator) {
        return attempt(stream, "read", () -> {
            try {
                GetRecordsResponse response = client.getRecords(
                        request -> request.shardIterator(iterator).limit(MOST_RECORDS));
                List<Received> records = response.records().stream()
                        .map(record -> new Received(message(shard, record), record.sequenceNumber()))
                        .toList();
                Long behind = response.millisBehindLatest();
                return Optional.of(new Batch(
                        records,
                        Optional.ofNullable(response.nextShardIterator()),
                        records.isEmpty() && (behind == null || behind == 0)));
            } catch (ProvisionedThroughputExceededException | ExpiredIteratorException e) {
                return Optional.empty();
            }
        });
    }

    private static Message message(String shard, Record record) {
        SortedMap<String, String> further = new TreeMap<>();
        further.put("partitionKey", record.partitionKey());
        byte[] bytes = record.data().asByteArray();
        String body = text(bytes);
        if (body == null) {
            further.put("encoding", "base64");
            body = Base64.getEncoder().encodeToString(bytes);
        }
        OptionalLong sentAt = record.approximateArrivalTimestamp() == null
                ? OptionalLong.empty()
                : OptionalLong.of(record.approximateArrivalTimestamp().toEpochMilli());
        return new Message(shard + ":" + record.sequenceNumber(), sentAt, body, further);
    }

    private static @Nullable String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static <T> T attempt(String stream, String verb, Supplier<T> request) {
        try {
            return request.get();
        } catch (ResourceNotFoundException e) {
            throw new JobException(
                    ExitCode.USAGE,
                    "There is no stream '" + stream + "', or a shard of it has gone: check the contract's 'stream', and"
                            + " endpoint and region of the environment's kinesis.",
                    e);
        } catch (SdkException e) {
            throw AwsClients.failure(verb + " stream '" + stream + "'", "kinesis", e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
