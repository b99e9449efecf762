package dev.millrace.orc;

import dev.millrace.lake.ObjectSource;
import dev.millrace.lake.read.ObjectStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** The file system that ORC's library wants to read from: one object, under one name. */
final class ObjectFiles extends FileSystem {
    static final Path PATH = new Path("object:///landed");

    private final ObjectSource source;

    ObjectFiles(ObjectSource source, Configuration configuration) {
        this.source = source;
        setConf(configuration);
    }

    @Override
    public URI getUri() {
        return PATH.toUri();
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) {
        return new FSDataInputStream(new Jumping(new ObjectStream(source)));
    }

    @Override
    public FileStatus getFileStatus(Path path) {
        return new FileStatus(source.size(), false, 1, 1, 0, path);
    }

    /** Reads at a position stay where they ended, as what is read next begins there mostly. */
    private static final class Jumping extends FSInputStream {
        private final ObjectStream in;

        private Jumping(ObjectStream in) {
            this.in = in;
        }

        @Override
        public void seek(long to) throws IOException {
            in.seek(to);
        }

        @Override
        public long getPos() {
            return in.position();
        }

        @Override
        public boolean seekToNewSource(long to) {
            return false;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int at, int length) throws IOException {
            return in.read(bytes, at, length);
        }

        @Override
        public int read(long position, byte[] bytes, int at, int length) throws IOException {
            in.seek(position);
            return in.read(bytes, at, length);
        }

        @Override
        public void readFully(long position, byte[] bytes, int at, int length) throws IOException {
            in.seek(position);
            if (in.readNBytes(bytes, at, length) < length) {
                throw new EOFException("the file ends before " + (position + length));
            }
        }

        @Override
        public void readFully(long position, byte[] bytes) throws IOException {
            readFully(position, bytes, 0, bytes.length);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    @Override
    public FSDataOutputStream create(
            Path path,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress) {
        throw readOnly();
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
        throw readOnly();
    }

    @Override
    public boolean rename(Path from, Path to) {
        throw readOnly();
    }

    @Override
    public boolean delete(Path path, boolean recursive) {
        throw readOnly();
    }

    @Override
    public FileStatus[] listStatus(Path path) {
        throw readOnly();
    }

    @Override
    public void setWorkingDirectory(Path path) {
        throw readOnly();
    }

    @Override
    public Path getWorkingDirectory() {
        return PATH;
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) {
        throw readOnly();
    }

    private static UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException("landed objects are read, and nothing else");
    }
}
