package dev.millrace.lake;

import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * An S3 store, as far as Millrace needs one. Whatever goes wrong becomes a sentence with bucket and key, and the exit code
 * that says whether to try again. Nothing passes through the local disk.
 */
public final class S3Store implements AutoCloseable {
    private static final String LAST = Character.toString(Character.MAX_CODE_POINT);

    private final S3Client s3;

    private S3Store(S3Client s3) {
        this.s3 = s3;
    }

    public static S3Store open(Environment.ObjectStore settings) {
        S3ClientBuilder builder = S3Client.builder()
                .forcePathStyle(settings.pathStyle())
                // The JDK's client loses requests now and then where a server closes a connection while it waits for
                // "continue". What is written is in memory and needs no chunks, which not every server reads to their
                // end:
                // what it left unread makes it close a connection that the JDK takes for a good one.
                .serviceConfiguration(s3 -> s3.expectContinueEnabled(false).chunkedEncodingEnabled(false));
        AwsClients.set(builder, settings.endpoint(), settings.region(), settings.credentials());
        return new S3Store(builder.build());
    }

    /** Every object whose key begins with the prefix, in the order of keys. A failed listing is never an empty one. */
    public List<StoredObject> list(String bucket, String prefix) {
        return attempt("list", bucket, prefix, () -> {
            List<StoredObject> objects = new ArrayList<>();
            for (S3Object object : s3.listObjectsV2Paginator(ListObjectsV2Request.builder()
                            .bucket(bucket)
                            .prefix(prefix)
                            .build())
                    .contents()) {
                objects.add(new StoredObject(object.key(), unquoted(object.eTag()), object.size()));
            }
            return objects;
        });
    }

    /**
     * What lies directly below a prefix, in the order of keys: objects by their keys, folders with their slash. Folders
     * whose names begin with {@code passing} are passed over, however many there are.
     */
    public List<String> entries(String bucket, String prefix, Optional<String> passing) {
        return attempt("list", bucket, prefix, () -> {
            SortedSet<String> entries = new TreeSet<>();
            String passed = passing.map(begin -> prefix + begin).orElse("\0");
            String after = null;
            boolean more = true;
            while (more) {
                ListObjectsV2Request.Builder request = ListObjectsV2Request.builder()
                        .bucket(bucket)
                        .prefix(prefix)
                        .delimiter("/");
                ListObjectsV2Response page = s3.listObjectsV2(
                        after == null
                                ? request.build()
                                : request.startAfter(after).build());
                List<String> found = new ArrayList<>();
                page.commonPrefixes().forEach(folder -> found.add(folder.prefix()));
                page.contents().forEach(object -> found.add(object.key()));
                found.stream().filter(entry -> !entry.startsWith(passed)).forEach(entries::add);
                more = page.isTruncated();
                if (more) {
                    String last = found.stream().max(S3Store::bytewise).orElseThrow();
                    // A folder's contents come after its name, and U+10FFFF after anything that they begin with.
                    after = last.startsWith(passed) ? passed + LAST : last.endsWith("/") ? last + LAST : last;
                }
            }
            return List.copyOf(entries);
        });
    }

    private static int bytewise(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes of an object as it was when its ETag was read; should it have changed since, the plan is to be made anew. */
    public InputStream read(String bucket, StoredObject object) {
        return ResumingStream.of(this, bucket, object, 0);
    }

    /** The object as it was when its ETag was read. */
    public ObjectSource source(String bucket, StoredObject object) {
        return new ObjectSource() {
            @Override
            public long size() {
                return object.size();
            }

            @Override
            public InputStream whole() {
                return read(bucket, object);
            }

            @Override
            public InputStream from(long position) {
                return ResumingStream.of(S3Store.this, bucket, object, position);
            }
        };
    }

    /** A whole object, or nothing where there is none. */
    public Optional<byte[]> bytes(String bucket, String key) {
        return attempt("read", bucket, key, () -> {
            try {
                return Optional.of(
                        s3.getObject(request -> request.bucket(bucket).key(key), ResponseTransformer.toBytes())
                                .asByteArray());
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            }
        });
    }

    public void put(String bucket, String key, byte[] bytes) {
        attempt(
                "write",
                bucket,
                key,
                () -> s3.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(bytes)));
    }

    /**
     * Writes an object unless there is one of that key, and says whether it did. Of several that try at once one does. No
     * for an answer may also mean that this very call wrote it, and the answer to a first try was lost.
     */
    public boolean putNew(String bucket, String key, byte[] bytes, Map<String, String> metadata) {
        return attempt("write", bucket, key, () -> {
            try {
                s3.putObject(
                        request ->
                                request.bucket(bucket).key(key).ifNoneMatch("*").metadata(metadata),
                        RequestBody.fromBytes(bytes));
                return true;
            } catch (S3Exception e) {
                if (e.statusCode() == 412) {
                    return false;
                }
                throw e;
            }
        });
    }

    /** A new object, written as it comes, in parts; it is there when the stream is closed, and not before. */
    public UploadStream upload(String bucket, String key) {
        return new UploadStream(s3, bucket, key);
    }

    public void delete(String bucket, String key) {
        attempt(
                "delete",
                bucket,
                key,
                () -> s3.deleteObject(request -> request.bucket(bucket).key(key)));
    }

    /** Length and ETag, or nothing where there is no such object. */
    public Optional<StoredObject> head(String bucket, String key) {
        return attempt("read", bucket, key, () -> {
            try {
                HeadObjectResponse head =
                        s3.headObject(request -> request.bucket(bucket).key(key));
                return Optional.of(new StoredObject(key, unquoted(head.eTag()), head.contentLength()));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            }
        });
    }

    /** The bytes from a position on, as far as one connection carries; without an ETag whatever is there. */
    ResponseInputStream<GetObjectResponse> open(String bucket, String key, Optional<String> etag, long position) {
        GetObjectRequest.Builder request =
                GetObjectRequest.builder().bucket(bucket).key(key);
        etag.ifPresent(tag -> request.ifMatch("\"" + tag + "\""));
        if (position > 0) {
            request.range("bytes=" + position + "-");
        }
        return attempt("read", bucket, key, () -> s3.getObject(request.build()));
    }

    static <T> T attempt(String verb, String bucket, String key, Supplier<T> request) {
        try {
            return request.get();
        } catch (SdkException e) {
            throw failed(verb, bucket, key, e);
        }
    }

    private static JobException failed(String verb, String bucket, String key, SdkException e) {
        String where = "s3://" + bucket + "/" + key;
        if (e instanceof NoSuchBucketException) {
            return new JobException(
                    ExitCode.USAGE, "Bucket '" + bucket + "' does not exist: check the environment's buckets.", e);
        }
        if (e instanceof S3Exception s3) {
            return switch (s3.statusCode()) {
                case 412, 404 ->
                    new JobException(
                            ExitCode.TEMPORARY,
                            "Object " + where + " is not what it was when it was planned: plan again.",
                            e);
                case 401, 403 ->
                    new JobException(
                            ExitCode.USAGE,
                            "The store refuses to " + verb + " " + where + " (" + s3.statusCode()
                                    + "): check the environment's credentials and permissions.",
                            e);
                case 400, 405, 501 ->
                    new JobException(
                            ExitCode.USAGE,
                            "The store does not understand the request to " + verb + " " + where + " ("
                                    + s3.statusCode() + "): check endpoint and region.",
                            e);
                default ->
                    new JobException(
                            ExitCode.TEMPORARY,
                            "The store failed to " + verb + " " + where + " (" + s3.statusCode() + "): try again.",
                            e);
            };
        }
        if (e instanceof SdkClientException && String.valueOf(e.getMessage()).contains("credentials")) {
            return new JobException(
                    ExitCode.USAGE,
                    "No credentials were found to " + verb + " " + where + ": check the environment.",
                    e);
        }
        return new JobException(
                ExitCode.TEMPORARY, "The store could not be reached to " + verb + " " + where + ": try again.", e);
    }

    private static String unquoted(String etag) {
        return etag.replace("\"", "");
    }

    @Override
    public void close() {
        s3.close();
    }
}
