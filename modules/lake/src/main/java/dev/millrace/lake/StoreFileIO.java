package dev.millrace.lake;

import dev.millrace.job.JobException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.inmemory.InMemoryInputFile;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * Iceberg's files on an {@link S3Store}. Unlike Iceberg's own S3FileIO it stages nothing on the local disk, and needs
 * none of the AWS modules beyond S3.
 */
final class StoreFileIO implements FileIO {
    private static final long serialVersionUID = 1L;

    /** Up to this size an object is read in one request: asking again for another part of it takes longer than to read on. */
    private static final int WHOLE = 1 << 20;

    private final transient S3Store store;

    StoreFileIO(S3Store store) {
        this.store = store;
    }

    @Override
    public InputFile newInputFile(String path) {
        return new StoreInput(path, OptionalLong.empty());
    }

    @Override
    public InputFile newInputFile(String path, long length) {
        return new StoreInput(path, OptionalLong.of(length));
    }

    @Override
    public OutputFile newOutputFile(String path) {
        return new StoreOutput(path);
    }

    @Override
    public void deleteFile(String path) {
        Location location = Location.of(path);
        store.delete(location.bucket(), location.key());
    }

    @Override
    public Map<String, String> properties() {
        return Map.of();
    }

    /** Where a path lies; {@code s3a} and {@code s3n} mean the same. */
    record Location(String bucket, String key) {
        static Location of(String path) {
            int scheme = path.indexOf("://");
            int slash = path.indexOf('/', scheme + 3);
            if (scheme < 0
                    || slash < 0
                    || !URI.create(path.substring(0, scheme + 3) + "x")
                            .getScheme()
                            .startsWith("s3")) {
                throw new IllegalArgumentException("no path of an object store: " + path);
            }
            return new Location(path.substring(scheme + 3, slash), path.substring(slash + 1));
        }
    }

    private final class StoreInput implements InputFile {
        private final String path;
        private OptionalLong length;

        StoreInput(String path, OptionalLong length) {
            this.path = path;
            this.length = length;
        }

        @Override
        public long getLength() {
            if (length.isEmpty()) {
                Location location = Location.of(path);
                length = OptionalLong.of(store.head(location.bucket(), location.key())
                        .orElseThrow(() -> new NotFoundException("No such object: %s", path))
                        .size());
            }
            return length.getAsLong();
        }

        @Override
        public SeekableInputStream newStream() {
            Location location = Location.of(path);
            if (length.isPresent() && length.getAsLong() > WHOLE) {
                return new StoreInputStream(store, location, length.getAsLong(), Optional.empty());
            }
            try {
                ResumingStream in = opened(location);
                length = OptionalLong.of(in.size());
                if (in.size() > WHOLE) {
                    return new StoreInputStream(store, location, in.size(), Optional.of(in));
                }
                try (in) {
                    return new InMemoryInputFile(path, in.readAllBytes()).newStream();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private ResumingStream opened(Location location) {
            try {
                return ResumingStream.of(store, location.bucket(), location.key(), 0, length);
            } catch (JobException e) {
                if (e.getCause() instanceof NoSuchKeyException) {
                    throw new NotFoundException(e, "No such object: %s", path);
                }
                throw e;
            }
        }

        @Override
        public String location() {
            return path;
        }

        @Override
        public boolean exists() {
            Location location = Location.of(path);
            return store.head(location.bucket(), location.key()).isPresent();
        }
    }

    private final class StoreOutput implements OutputFile {
        private final String path;

        StoreOutput(String path) {
            this.path = path;
        }

        @Override
        public PositionOutputStream create() {
            return createOrOverwrite();
        }

        @Override
        public PositionOutputStream createOrOverwrite() {
            Location location = Location.of(path);
            return new StoreOutputStream(store.upload(location.bucket(), location.key()));
        }

        @Override
        public String location() {
            return path;
        }

        @Override
        public InputFile toInputFile() {
            return new StoreInput(path, OptionalLong.empty());
        }
    }

    private static final class StoreOutputStream extends PositionOutputStream {
        private final UploadStream upload;

        StoreOutputStream(UploadStream upload) {
            this.upload = upload;
        }

        @Override
        public long getPos() {
            return upload.position();
        }

        @Override
        public void write(int one) {
            upload.write(one);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            upload.write(bytes, offset, length);
        }

        @Override
        public void close() {
            upload.close();
        }
    }

    /** Reads on while the reader moves forward a little, and opens the object anew where it jumps. */
    private static final class StoreInputStream extends SeekableInputStream {
        private static final int SKIP = 256 << 10;

        private final S3Store store;
        private final Location location;
        private final long length;
        private Optional<ResumingStream> open;
        private long position;

        StoreInputStream(S3Store store, Location location, long length, Optional<ResumingStream> open) {
            this.store = store;
            this.location = location;
            this.length = length;
            this.open = open;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void seek(long to) throws IOException {
            if (to < 0 || to > length) {
                throw new EOFException("position " + to + " of " + length);
            }
            position = to;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            if (position >= length) {
                return -1;
            }
            int got = there().read(bytes, offset, count);
            if (got > 0) {
                position += got;
            }
            return got;
        }

        /** The object, where the reader wants to go on. */
        private ResumingStream there() throws IOException {
            if (open.isPresent()) {
                long ahead = position - open.get().position();
                if (ahead >= 0 && ahead <= SKIP) {
                    open.get().skipNBytes(ahead);
                    return open.get();
                }
                close();
            }
            ResumingStream opened =
                    ResumingStream.of(store, location.bucket(), location.key(), position, OptionalLong.of(length));
            open = Optional.of(opened);
            return opened;
        }

        @Override
        public void close() throws IOException {
            if (open.isPresent()) {
                open.get().close();
                open = Optional.empty();
            }
        }
    }
}
