package dev.millrace.local.firehose;

import static java.util.Objects.requireNonNull;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.local.Loopback;
import dev.millrace.local.Pause;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/** A Kinesis on this machine, which keeps nothing and ends with whoever started it, in whatever way that ends. */
public final class LocalKinesis implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    // It holds the other end of a pipe: when that closes, whoever started the server is gone or wants it to end.
    private static final String GUARD =
            "trap '' HUP INT TERM; \"$@\" </dev/null & server=$!; read -r word; kill -KILL $server";
    /** As much as one call takes. */
    private static final int MOST_RECORDS = 500;

    private final Process process;
    private final KinesisClient client;

    private LocalKinesis(Process process, KinesisClient client) {
        this.process = process;
        this.client = client;
    }

    /**
     * Comes back when it answers.
     *
     * @param program MiniStack's
     * @param folder for its log
     */
    public static LocalKinesis start(Path program, Path folder) {
        requireNonNull(program, "program");
        Path log = folder.resolve("kinesis.log");
        try {
            int port = Loopback.freePort(0);
            ProcessBuilder builder = new ProcessBuilder(List.of("/bin/sh", "-c", GUARD, "guard", program.toString()));
            builder.environment()
                    .putAll(Map.of(
                            "BIND_HOST",
                            Loopback.HOST,
                            "GATEWAY_PORT",
                            Integer.toString(port),
                            "PERSIST_STATE",
                            "0",
                            "SERVICES",
                            "kinesis",
                            "STATE_DIR",
                            folder.resolve("kinesis").toString()));
            Process process = builder.directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            LocalKinesis started =
                    new LocalKinesis(process, client(URI.create("http://" + Loopback.HOST + ":" + port)));
            if (!Pause.until(() -> !process.isAlive() || started.answers(), PATIENCE) || !process.isAlive()) {
                started.close();
                throw new JobException(ExitCode.TEMPORARY, "A local Kinesis did not come up: see " + log + ".");
            }
            return started;
        } catch (IOException e) {
            throw new JobException(ExitCode.USAGE, "Cannot start " + program + ": " + e.getMessage(), e);
        }
    }

    /** Of any Kinesis on this machine. */
    static KinesisClient client(URI endpoint) {
        return KinesisClient.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
                .build();
    }

    KinesisClient client() {
        return client;
    }

    /** A new stream with these records in it. */
    public void create(String stream, List<byte[]> records) {
        client.createStream(request -> request.streamName(stream).shardCount(1));
        boolean active = Pause.until(() -> status(stream) == StreamStatus.ACTIVE, PATIENCE);
        if (!active) {
            throw new JobException(ExitCode.TEMPORARY, "The local Kinesis did not make the stream " + stream + ".");
        }
        for (int first = 0; first < records.size(); first += MOST_RECORDS) {
            List<PutRecordsRequestEntry> some =
                    records.subList(first, Math.min(records.size(), first + MOST_RECORDS)).stream()
                            .map(record -> PutRecordsRequestEntry.builder()
                                    .partitionKey(stream)
                                    .data(SdkBytes.fromByteArray(record))
                                    .build())
                            .toList();
            PutRecordsResponse put =
                    client.putRecords(request -> request.streamName(stream).records(some));
            if (put.failedRecordCount() != 0) {
                throw new JobException(
                        ExitCode.TEMPORARY,
                        "The local Kinesis refused " + put.failedRecordCount() + " of " + some.size() + " records.");
            }
        }
    }

    private StreamStatus status(String stream) {
        return client.describeStreamSummary(request -> request.streamName(stream))
                .streamDescriptionSummary()
                .streamStatus();
    }

    private boolean answers() {
        try {
            client.listStreams();
            return true;
        } catch (SdkException e) {
            return false;
        }
    }

    @Override
    public void close() {
        client.close();
        try {
            process.getOutputStream().close();
            boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                throw new JobException(
                        ExitCode.TEMPORARY, "The local Kinesis, process " + process.pid() + ", does not end.");
            }
        } catch (IOException e) {
            throw new JobException(ExitCode.TEMPORARY, "The local Kinesis cannot be told to end.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
