package dev.millrace.ingest.decode;

import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** A stretch of deflated data, whose end it tells itself. */
final class DeflatedBody implements AutoCloseable {
    private final RawBytes raw;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private @Nullable String fault;

    DeflatedBody(RawBytes raw) {
        this.raw = raw;
    }

    void begin() {
        inflater.reset();
        crc.reset();
    }

    boolean finished() {
        return inflater.finished();
    }

    /** What is wrong with the data, if anything is. */
    @Nullable
    String fault() {
        return fault;
    }

    long checksum() {
        return crc.getValue();
    }

    long length() {
        return inflater.getBytesWritten();
    }

    long deflatedLength() {
        return inflater.getBytesRead();
    }

    /** What could be inflated next, possibly nothing. */
    int read(byte[] into, int at, int length) throws IOException {
        // With no input left there may still be output that did not fit into the room given before.
        boolean exhausted = false;
        if (inflater.needsInput()) {
            exhausted = raw.atEnd();
            inflater.setInput(raw.bytes, raw.position, raw.limit - raw.position);
        }
        long before = inflater.getBytesWritten();
        int count;
        try {
            count = inflater.inflate(into, at, length);
        } catch (DataFormatException e) {
            fault = "its data is bad";
            return (int) (inflater.getBytesWritten() - before);
        }
        raw.position = raw.limit - inflater.getRemaining();
        crc.update(into, at, count);
        if (!inflater.finished()) {
            if (inflater.needsDictionary()) {
                fault = "its data is bad";
            } else if (exhausted && count == 0) {
                fault = "it ends early";
            }
        }
        return count;
    }

    @Override
    public void close() {
        inflater.end();
    }
}
