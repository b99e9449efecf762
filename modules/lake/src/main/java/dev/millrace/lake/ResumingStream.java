package dev.millrace.lake;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * An object from a position on. Where a connection breaks, or ends too early, it goes on behind what it has read; with an ETag
 * on that version and no other.
 */
final class ResumingStream extends InputStream {
    /** So often in a row, with nothing read in between. */
    private static final int TRIES = 4;

    private final S3Store store;
    private final String bucket;
    private final String key;
    private final Optional<String> etag;
    private final long size;
    private ResponseInputStream<GetObjectResponse> in;
    private long position;
    private int failures;

    private ResumingStream(
            S3Store store, String bucket, String key, Optional<String> etag, long position, OptionalLong size) {
        this.store = store;
        this.bucket = bucket;
        this.key = key;
        this.etag = etag;
        this.position = position;
        this.in = store.open(bucket, key, etag, position);
        this.size = size.orElseGet(() -> position + in.response().contentLength());
    }

    static ResumingStream of(S3Store store, String bucket, StoredObject object, long position) {
        return new ResumingStream(
                store, bucket, object.key(), Optional.of(object.etag()), position, OptionalLong.of(object.size()));
    }

    /** Whatever is there now; where the size is not known, the store says it. */
    static ResumingStream of(S3Store store, String bucket, String key, long position, OptionalLong size) {
        return new ResumingStream(store, bucket, key, Optional.empty(), position, size);
    }

    /** That of the whole object. */
    long size() {
        return size;
    }

    long position() {
        return position;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (true) {
            try {
                int count = in.read(bytes, offset, length);
                if (count < 0 && position < size) {
                    throw new IOException("the connection ended after " + position + " of " + size + " bytes");
                }
                if (count > 0) {
                    position += count;
                    failures = 0;
                }
                return count;
            } catch (IOException e) {
                failures++;
                if (failures >= TRIES) {
                    throw new JobException(
                            ExitCode.TEMPORARY,
                            "Reading s3://" + bucket + "/" + key + " broke off " + failures + " times: try again.",
                            e);
                }
                in = store.open(bucket, key, etag, position);
            }
        }
    }

    @Override
    public void close() throws IOException {
        // Closing the SDK's stream would read the rest of the object; what is left is not wanted.
        if (position < size) {
            in.abort();
        } else {
            in.close();
        }
    }
}
