package dev.millrace.orc;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.orc.impl.SerializationUtils;

/** Runs of integers, as the second version of ORC's run length encoding writes them: their headers are read, values are passed by. */
final class IntegerRuns {
    private static final int WIDTHS = 32;

    private final InputStream stream;

    private IntegerRuns(InputStream stream) {
        this.stream = stream;
    }

    /** An {@link EOFException} where the last run is not whole. */
    static void walk(InputStream stream) throws IOException {
        IntegerRuns runs = new IntegerRuns(stream);
        for (int header = stream.read(); header >= 0; header = stream.read()) {
            runs.pass(header);
        }
    }

    private void pass(int header) throws IOException {
        int code = header >>> 1 & 0x1f;
        switch (header >>> 6) {
            case 0 -> stream.skipNBytes((header >>> 3 & 0x7) + 1);
            case 1 -> {
                int count = count(header);
                passValues(SerializationUtils.decodeBitWidth(code), count);
            }
            case 2 -> passPatched(SerializationUtils.decodeBitWidth(code), count(header));
            default -> {
                // The first value and the first difference are in numbers of their own.
                int count = count(header);
                SerializationUtils.readVulong(stream);
                SerializationUtils.readVulong(stream);
                passValues(code == 0 ? 0 : SerializationUtils.decodeBitWidth(code), count - 2);
            }
        }
    }

    private int count(int header) throws IOException {
        return ((header & 1) << 8 | next()) + 1;
    }

    private void passPatched(int width, int count) throws IOException {
        int third = next();
        int fourth = next();
        int baseBytes = (third >>> 5 & 0x7) + 1;
        int patchWidth = SerializationUtils.decodeBitWidth(third & 0x1f);
        int gapWidth = (fourth >>> 5 & 0x7) + 1;
        int patches = fourth & 0x1f;
        stream.skipNBytes(baseBytes);
        passValues(width, count);
        passValues(width(patchWidth + gapWidth), patches);
    }

    private void passValues(int width, int count) throws IOException {
        stream.skipNBytes(((long) width * Math.max(count, 0) + Byte.SIZE - 1) / Byte.SIZE);
    }

    /** The smallest width there is that so many bits fit into. */
    private static int width(int bits) {
        for (int code = 0; code < WIDTHS; code++) {
            if (SerializationUtils.decodeBitWidth(code) >= bits) {
                return SerializationUtils.decodeBitWidth(code);
            }
        }
        return Long.SIZE;
    }

    private int next() throws IOException {
        int read = stream.read();
        if (read < 0) {
            throw new EOFException();
        }
        return read;
    }
}
