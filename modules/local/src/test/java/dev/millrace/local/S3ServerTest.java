package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.local.Services.S3Access;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

class S3ServerTest {
    private static final S3Access ACCESS =
            TestServices.shared().isolated("server").s3();
    private static final String BUCKET = ACCESS.landing();
    private static final RequestBody HELLO = RequestBody.fromString("hello world");

    private final S3Client client = client(ACCESS.secretKey());

    private static S3Client client(String secretKey) {
        return S3Client.builder()
                .endpointOverride(URI.create(ACCESS.endpoint()))
                .forcePathStyle(true)
                .region(Region.of(ACCESS.region()))
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS.accessKey(), secretKey)))
                .serviceConfiguration(
                        S3Configuration.builder().expectContinueEnabled(false).build())
                .httpClient(UrlConnectionHttpClient.create())
                .build();
    }

    @Test
    void readsOnlyTheVersionThatWasAskedFor() {
        String etag =
                client.putObject(b -> b.bucket(BUCKET).key("match/a"), HELLO).eTag();

        assertThat(client.getObjectAsBytes(b -> b.bucket(BUCKET).key("match/a").ifMatch(etag))
                        .asUtf8String())
                .isEqualTo("hello world");

        client.putObject(b -> b.bucket(BUCKET).key("match/a"), RequestBody.fromString("rewritten"));
        assertThatThrownBy(() -> client.getObjectAsBytes(
                        b -> b.bucket(BUCKET).key("match/a").ifMatch(etag)))
                .isInstanceOfSatisfying(
                        S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
        assertThatThrownBy(() -> client.getObjectAsBytes(
                        b -> b.bucket(BUCKET).key("match/a").range("bytes=0-3").ifMatch(etag)))
                .isInstanceOfSatisfying(
                        S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
    }

    @Test
    void readsRanges() {
        client.putObject(b -> b.bucket(BUCKET).key("range/a"), HELLO);

        assertThat(client.getObjectAsBytes(b -> b.bucket(BUCKET).key("range/a").range("bytes=6-8"))
                        .asUtf8String())
                .isEqualTo("wor");
        assertThat(client.getObjectAsBytes(b -> b.bucket(BUCKET).key("range/a").range("bytes=6-"))
                        .asUtf8String())
                .isEqualTo("world");
    }

    @Test
    void joinsTheParts() {
        byte[] first = new byte[5 << 20];
        Arrays.fill(first, (byte) 'a');
        String upload = client.createMultipartUpload(b -> b.bucket(BUCKET).key("parts/a"))
                .uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (byte[] body : List.of(first, "tail".getBytes(StandardCharsets.UTF_8))) {
            int number = parts.size() + 1;
            String etag = client.uploadPart(
                            b -> b.bucket(BUCKET)
                                    .key("parts/a")
                                    .uploadId(upload)
                                    .partNumber(number),
                            RequestBody.fromBytes(body))
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
        }

        String etag = client.completeMultipartUpload(
                        b -> b.bucket(BUCKET).key("parts/a").uploadId(upload).multipartUpload(m -> m.parts(parts)))
                .eTag();

        byte[] whole = client.getObjectAsBytes(
                        b -> b.bucket(BUCKET).key("parts/a").ifMatch(etag))
                .asByteArray();
        assertThat(whole).hasSize(first.length + 4).endsWith('t', 'a', 'i', 'l');
    }

    @Test
    void listsKeysInTheOrderOfTheirBytes() {
        for (String key : List.of("list/b/1", "list/b-1", "list/B", "list/datehour=2026-01-05-03/part.gz")) {
            client.putObject(b -> b.bucket(BUCKET).key(key), HELLO);
        }

        assertThat(client.listObjectsV2(b -> b.bucket(BUCKET).prefix("list/")).contents().stream()
                        .map(S3Object::key))
                .containsExactly("list/B", "list/b-1", "list/b/1", "list/datehour=2026-01-05-03/part.gz");
    }

    @Test
    void knowsNoStrangers() throws IOException {
        client.putObject(b -> b.bucket(BUCKET).key("strangers/a"), HELLO);

        assertThatThrownBy(() ->
                        client("wrong").getObjectAsBytes(b -> b.bucket(BUCKET).key("strangers/a")))
                .isInstanceOfSatisfying(
                        S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
        HttpURLConnection stranger = (HttpURLConnection)
                URI.create(ACCESS.endpoint() + "/" + BUCKET).toURL().openConnection();
        assertThat(stranger.getResponseCode()).isEqualTo(403);
    }
}
