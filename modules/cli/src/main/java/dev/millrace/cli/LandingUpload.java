package dev.millrace.cli;

import dev.millrace.environment.Environment;
import dev.millrace.environment.Environment.Credentials;
import dev.millrace.job.Digest;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Puts samples on the landing bucket of an S3 that has an address and keys of its own, such as the local one. */
final class LandingUpload {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String SIGNED = "host;x-amz-content-sha256;x-amz-date";
    private static final int DATE = "20260105".length();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final URI endpoint;
    private final String bucket;
    private final String region;
    private final Credentials credentials;
    private final Clock clock;

    private LandingUpload(URI endpoint, String bucket, String region, Credentials credentials, Clock clock) {
        this.endpoint = endpoint;
        this.bucket = bucket;
        this.region = region;
        this.credentials = credentials;
        this.clock = clock;
    }

    static LandingUpload to(Environment.Landing landing, Clock clock) {
        Environment.ObjectStore store = landing.store();
        if (store.endpoint().isEmpty() || store.credentials().isEmpty()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "Samples are for development: the landing bucket " + landing.bucket()
                            + " has no endpoint and keys in millrace.yaml. Choose another environment with --env.");
        }
        return new LandingUpload(
                store.endpoint().get(),
                landing.bucket(),
                store.region(),
                store.credentials().get(),
                clock);
    }

    void put(String key, byte[] bytes) {
        String path = "/" + bucket + "/" + encoded(key);
        String time = TIME.format(clock.instant());
        String digest = Digest.of(bytes);
        HttpRequest request = HttpRequest.newBuilder(URI.create(address() + path))
                .timeout(PATIENCE)
                .header("x-amz-date", time)
                .header("x-amz-content-sha256", digest)
                .header("Authorization", authorization("PUT", path, time, digest))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new JobException(
                        response.statusCode() >= 500 ? ExitCode.TEMPORARY : ExitCode.USAGE,
                        "The landing bucket " + bucket + " refused " + key + " with status " + response.statusCode()
                                + ": check it with ./millrace check.");
            }
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.TEMPORARY,
                    "The S3 server at " + endpoint + " does not answer ("
                            + e.getClass().getSimpleName() + "): see ./millrace status.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ExitCode.TEMPORARY, "Interrupted while " + key + " was put.", e);
        }
    }

    private String authorization(String method, String path, String time, String digest) {
        String date = time.substring(0, DATE);
        List<String> parts = List.of(date, region, "s3", "aws4_request");
        String scope = String.join("/", parts);
        String canonical = String.join(
                "\n",
                method,
                path,
                "",
                "host:" + endpoint.getAuthority(),
                "x-amz-content-sha256:" + digest,
                "x-amz-date:" + time,
                "",
                SIGNED,
                digest);
        String toSign = String.join("\n", ALGORITHM, time, scope, Digest.of(canonical));
        byte[] key = ("AWS4" + credentials.secretKey().reveal()).getBytes(StandardCharsets.UTF_8);
        for (String part : parts) {
            key = mac(key, part);
        }
        return ALGORITHM + " Credential=" + credentials.accessKey() + "/" + scope + ", SignedHeaders=" + SIGNED
                + ", Signature=" + HexFormat.of().formatHex(mac(key, toSign));
    }

    private static byte[] mac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private String address() {
        return endpoint.getScheme() + "://" + endpoint.getAuthority();
    }

    private static String encoded(String key) {
        return URLEncoder.encode(key, StandardCharsets.UTF_8)
                .replace("%2F", "/")
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
