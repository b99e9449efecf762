package dev.millrace.lake;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** Writes an object in parts held in memory; a small one in one request. Closing makes the object; abandoning leaves none. */
public final class UploadStream extends OutputStream {
    private static final int PART = 8 << 20;
    private static final int FIRST = 64 << 10;

    private final S3Client s3;
    private final String bucket;
    private final String key;
    private final List<CompletedPart> parts = new ArrayList<>();
    private byte[] buffer = new byte[FIRST];
    private int filled;
    private long position;
    private boolean closed;
    private Optional<String> upload = Optional.empty();

    UploadStream(S3Client s3, String bucket, String key) {
        this.s3 = s3;
        this.bucket = bucket;
        this.key = key;
    }

    public long position() {
        return position;
    }

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        int done = 0;
        while (done < length) {
            if (filled == PART) {
                sendPart();
            }
            int count = Math.min(length - done, PART - filled);
            room(filled + count);
            System.arraycopy(bytes, offset + done, buffer, filled, count);
            filled += count;
            done += count;
        }
        position += length;
    }

    private void room(int size) {
        if (size > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(PART, Math.max(size, buffer.length * 2)));
        }
    }

    private void sendPart() {
        if (upload.isEmpty()) {
            upload = Optional.of(S3Store.attempt(
                    "write",
                    bucket,
                    key,
                    () -> s3.createMultipartUpload(
                                    request -> request.bucket(bucket).key(key))
                            .uploadId()));
        }
        String id = upload.get();
        int number = parts.size() + 1;
        RequestBody body = RequestBody.fromByteBuffer(ByteBuffer.wrap(buffer, 0, filled));
        String etag = S3Store.attempt(
                "write",
                bucket,
                key,
                () -> s3.uploadPart(
                                request -> request.bucket(bucket)
                                        .key(key)
                                        .uploadId(id)
                                        .partNumber(number),
                                body)
                        .eTag());
        parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
        filled = 0;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (upload.isEmpty()) {
            RequestBody body = RequestBody.fromByteBuffer(ByteBuffer.wrap(buffer, 0, filled));
            S3Store.attempt(
                    "write",
                    bucket,
                    key,
                    () -> s3.putObject(request -> request.bucket(bucket).key(key), body));
        } else {
            sendPart();
            String id = upload.get();
            S3Store.attempt(
                    "write",
                    bucket,
                    key,
                    () -> s3.completeMultipartUpload(request ->
                            request.bucket(bucket).key(key).uploadId(id).multipartUpload(all -> all.parts(parts))));
        }
    }

    /** Leaves no object behind; the parts sent so far are given up. */
    public void abandon() {
        if (!closed) {
            closed = true;
            upload.ifPresent(id -> S3Store.attempt(
                    "write",
                    bucket,
                    key,
                    () -> s3.abortMultipartUpload(
                            request -> request.bucket(bucket).key(key).uploadId(id))));
        }
    }
}
