package dev.millrace.local.firehose;

import dev.millrace.local.LocalServices;
import dev.millrace.local.Services.S3Access;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The model as a process: reads a stream of a local Kinesis from its beginning and delivers to the local S3, until it is told to
 * end; then it delivers all that it has. It prints a line when it begins, and one for each object.
 */
public final class FirehoseMain {
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration LAST_DELIVERY = Duration.ofSeconds(30);

    private FirehoseMain() {}

    public static void main(String[] args) throws InterruptedException {
        Map<String, String> given = arguments(args);
        DeliverySettings settings = new DeliverySettings(
                text(given, "name"),
                given.getOrDefault("prefix", ""),
                given.getOrDefault("error-prefix", given.getOrDefault("prefix", "")),
                number(given, "buffer-bytes", DeliverySettings.BUFFER_BYTES),
                Duration.ofMillis(number(given, "buffer-millis", (int) DeliverySettings.BUFFER_TIME.toMillis())),
                number(given, "fail-every", 0),
                number(given, "repeat-every", 0),
                number(given, "late-every", 0),
                Duration.ZERO);
        S3Access access = access(Path.of(text(given, "services")));
        PrintStream out = System.out;
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (S3Client s3 = s3(access);
                KinesisClient kinesis = LocalKinesis.client(URI.create(text(given, "kinesis")))) {
            LocalFirehose delivery = new LocalFirehose(
                    kinesis,
                    text(given, "stream"),
                    settings,
                    (key, bytes) -> {
                        s3.putObject(
                                request -> request.bucket(text(given, "bucket")).key(key),
                                RequestBody.fromBytes(bytes));
                        out.println(key);
                    },
                    Clock.systemUTC());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(told, ended)));
            out.println("reading " + text(given, "stream"));
            boolean last = false;
            while (!last) {
                // Told to end, it takes what is there already.
                last = told.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
                delivery.take();
            }
            delivery.deliverAll();
        } finally {
            ended.countDown();
        }
    }

    private static void end(CountDownLatch told, CountDownLatch ended) {
        told.countDown();
        try {
            boolean inTime = ended.await(LAST_DELIVERY.toSeconds(), TimeUnit.SECONDS);
            if (!inTime) {
                System.err.println("Not everything could be delivered in time.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static S3Access access(Path stateFolder) {
        if (LocalServices.at(stateFolder).status() instanceof LocalServices.Status.Up up) {
            return up.services().s3();
        }
        throw new IllegalArgumentException("The services of " + stateFolder + " are not up");
    }

    private static S3Client s3(S3Access access) {
        return S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .endpointOverride(URI.create(access.endpoint()))
                .region(Region.of(access.region()))
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(access.accessKey(), access.secretKey())))
                .serviceConfiguration(configuration ->
                        configuration.expectContinueEnabled(false).chunkedEncodingEnabled(false))
                .build();
    }

    /** {@code name=value}, any number of them. */
    private static Map<String, String> arguments(String... args) {
        Map<String, String> given = new HashMap<>();
        for (String argument : args) {
            int equals = argument.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("Give name=value, not " + argument);
            }
            given.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return given;
    }

    private static String text(Map<String, String> given, String name) {
        return Optional.ofNullable(given.get(name))
                .orElseThrow(() -> new IllegalArgumentException("Give " + name + "=…"));
    }

    private static int number(Map<String, String> given, String name, int fallback) {
        return Integer.parseInt(given.getOrDefault(name, Integer.toString(fallback)));
    }
}
