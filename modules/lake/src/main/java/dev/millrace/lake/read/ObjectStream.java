package dev.millrace.lake.read;

import static java.util.Objects.requireNonNull;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.lake.ObjectSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** An object's bytes for readers that jump: the object is opened anew where they do. */
public final class ObjectStream extends InputStream {
    private final ObjectSource source;
    private @Nullable InputStream in;
    private long position;

    public ObjectStream(ObjectSource source) {
        this.source = requireNonNull(source, "source");
    }

    public long position() {
        return position;
    }

    public void seek(long to) throws IOException {
        if (to < 0 || to > source.size()) {
            throw new EOFException("position " + to + " of " + source.size());
        }
        if (to != position) {
            close();
            position = to;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int at, int length) throws IOException {
        if (position >= source.size()) {
            return -1;
        }
        try {
            if (in == null) {
                in = source.from(position);
            }
            int count = in.read(bytes, at, length);
            if (count < 0) {
                throw new EOFException("the connection ended early");
            }
            position += count;
            return count;
        } catch (IOException e) {
            throw new JobException(ExitCode.TEMPORARY, "Reading a landed object broke off: try again.", e);
        }
    }

    @Override
    public void close() throws IOException {
        if (in != null) {
            in.close();
            in = null;
        }
    }
}
