package dev.millrace.ingest.decode;

import java.io.IOException;
import java.io.InputStream;

/** The bytes of a landed object as they are, a portion at a time. */
final class RawBytes {
    private final InputStream source;
    final byte[] bytes;
    int position;
    int limit;

    RawBytes(InputStream source, byte[] bytes) {
        this.source = source;
        this.bytes = bytes;
    }

    /** Looks ahead from the very beginning: tells how many bytes are there of those that were asked for. */
    int look(int wanted) throws IOException {
        while (limit < Math.min(wanted, bytes.length)) {
            int count = source.read(bytes, limit, bytes.length - limit);
            if (count < 0) {
                break;
            }
            limit += count;
        }
        return Math.min(wanted, limit);
    }

    /** Reads the next portion in place of the one that was used up; tells whether there is one. */
    boolean refill() throws IOException {
        int count;
        do {
            count = source.read(bytes, 0, bytes.length);
        } while (count == 0);
        position = 0;
        limit = Math.max(count, 0);
        return count > 0;
    }

    /** Reads on until two bytes are there to be looked at, or none follow. */
    boolean two() throws IOException {
        while (limit - position < 2) {
            System.arraycopy(bytes, position, bytes, 0, limit - position);
            limit -= position;
            position = 0;
            int count = source.read(bytes, limit, bytes.length - limit);
            if (count < 0) {
                return false;
            }
            limit += count;
        }
        return true;
    }

    boolean atEnd() throws IOException {
        return position == limit && !refill();
    }

    /** The next byte, or -1 at the end. */
    int next() throws IOException {
        return position < limit || refill() ? bytes[position++] & 0xff : -1;
    }

    /** As many bytes as asked for, fewer only at the end; tells how many. */
    int read(byte[] into, int at, int length) throws IOException {
        int read = 0;
        while (read < length && !atEnd()) {
            int count = Math.min(length - read, limit - position);
            System.arraycopy(bytes, position, into, at + read, count);
            position += count;
            read += count;
        }
        return read;
    }

    /** Passes over bytes; tells whether there were as many. */
    boolean skip(long length) throws IOException {
        long left = length;
        while (left > 0 && !atEnd()) {
            int count = (int) Math.min(left, limit - position);
            position += count;
            left -= count;
        }
        return left == 0;
    }

    /** A whole number of so many bytes, the first the lowest, or -1 where the bytes end before. */
    long littleEndian(int length) throws IOException {
        long number = 0;
        for (int i = 0; i < length; i++) {
            int value = next();
            if (value < 0) {
                return -1;
            }
            number |= (long) value << (8 * i);
        }
        return number;
    }

    /** What is there without any compression, at least one byte, or -1 at the end. */
    int plain(byte[] into, int at, int length) throws IOException {
        if (position == limit) {
            return source.read(into, at, length);
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(bytes, position, into, at, count);
        position += count;
        return count;
    }
}
