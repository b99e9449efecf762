package dev.millrace.ingest.decode;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a landed object with its compression, told by the magic bytes, taken off. Damage in the compressed data
 * ends the bytes and is a value; an exception is always the source's own.
 */
final class LandedBytes implements AutoCloseable {
    private enum State {
        UNKNOWN,
        PLAIN,
        HEADER,
        BODY,
        TRAILER,
        ENDED
    }

    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;
    private static final int DEFLATE = 8;

    private final InputStream source;
    private final byte[] raw;
    private int position;
    private int limit;
    private State state = State.UNKNOWN;
    private long members;
    private final CRC32 crc = new CRC32();
    private @Nullable Inflater inflater;
    private @Nullable String damage;

    LandedBytes(InputStream source, byte[] raw) {
        this.source = source;
        this.raw = raw;
    }

    /** What is wrong with the compressed data; known once {@link #read} has told the end. */
    @Nullable
    String damage() {
        return damage;
    }

    /** Reads at least one byte, or tells the end by -1. */
    int read(byte[] into, int at, int length) throws IOException {
        if (state == State.UNKNOWN) {
            state = sniff();
        }
        if (state == State.PLAIN) {
            return plain(into, at, length);
        }
        while (state != State.ENDED) {
            if (state == State.HEADER) {
                header();
            } else if (state == State.TRAILER) {
                trailer();
            } else {
                int count = body(into, at, length);
                if (count > 0) {
                    return count;
                }
            }
        }
        return -1;
    }

    @Override
    public void close() {
        if (inflater != null) {
            inflater.end();
        }
    }

    private State sniff() throws IOException {
        while (limit < 2) {
            int count = source.read(raw, limit, raw.length - limit);
            if (count < 0) {
                break;
            }
            limit += count;
        }
        return limit >= 2 && raw[0] == 0x1f && raw[1] == (byte) 0x8b ? State.HEADER : State.PLAIN;
    }

    private int plain(byte[] into, int at, int length) throws IOException {
        if (position == limit) {
            return source.read(into, at, length);
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(raw, position, into, at, count);
        position += count;
        return count;
    }

    private boolean refill() throws IOException {
        int count;
        do {
            count = source.read(raw, 0, raw.length);
        } while (count == 0);
        position = 0;
        limit = Math.max(count, 0);
        return count > 0;
    }

    private int next() throws IOException {
        return position < limit || refill() ? raw[position++] & 0xff : -1;
    }

    private void damaged(String what) {
        damage = "member " + members + " of the gzip data: " + what;
        state = State.ENDED;
    }

    private void header() throws IOException {
        if (members > 0 && position == limit && !refill()) {
            state = State.ENDED;
            return;
        }
        members++;
        crc.reset();
        int flags = 0;
        for (int i = 0; i < 10; i++) {
            int value = headerByte();
            if (value < 0) {
                damaged("it ends within its header");
                return;
            }
            if (i == 0 && value != 0x1f || i == 1 && value != 0x8b || i == 2 && value != DEFLATE) {
                damaged("no header");
                return;
            }
            if (i == 3) {
                flags = value;
            }
        }
        if ((flags & RESERVED) != 0) {
            damaged("unknown flags in its header");
            return;
        }
        if (!optionalFields(flags)) {
            return;
        }
        if (inflater == null) {
            inflater = new Inflater(true);
        } else {
            inflater.reset();
        }
        crc.reset();
        state = State.BODY;
    }

    private boolean optionalFields(int flags) throws IOException {
        boolean whole = true;
        if ((flags & EXTRA) != 0) {
            int low = headerByte();
            int length = low < 0 ? -1 : headerByte() << 8 | low;
            whole = length >= 0;
            for (int i = 0; whole && i < length; i++) {
                whole = headerByte() >= 0;
            }
        }
        for (int flag = NAME; flag <= COMMENT; flag <<= 1) {
            if ((flags & flag) != 0) {
                int value = whole ? headerByte() : -1;
                while (value > 0) {
                    value = headerByte();
                }
                whole = value == 0;
            }
        }
        if (whole && (flags & HEADER_CRC) != 0) {
            int expected = (int) crc.getValue() & 0xffff;
            int low = next();
            int high = low < 0 ? -1 : next();
            whole = high >= 0;
            if (whole && (high << 8 | low) != expected) {
                damaged("its header's checksum is wrong");
                return false;
            }
        }
        if (!whole) {
            damaged("it ends within its header");
        }
        return whole;
    }

    private int headerByte() throws IOException {
        int value = next();
        if (value >= 0) {
            crc.update(value);
        }
        return value;
    }

    private int body(byte[] into, int at, int length) throws IOException {
        Inflater body = requireNonNull(inflater);
        // With no input left there may still be output that did not fit into the room given before.
        boolean exhausted = false;
        if (body.needsInput()) {
            exhausted = position == limit && !refill();
            body.setInput(raw, position, limit - position);
        }
        long before = body.getBytesWritten();
        int count;
        try {
            count = body.inflate(into, at, length);
        } catch (DataFormatException e) {
            damaged("its data is bad");
            return (int) (body.getBytesWritten() - before);
        }
        position = limit - body.getRemaining();
        crc.update(into, at, count);
        if (body.finished()) {
            state = State.TRAILER;
        } else if (body.needsDictionary()) {
            damaged("its data is bad");
        } else if (exhausted && count == 0) {
            damaged("it ends early");
        }
        return count;
    }

    private void trailer() throws IOException {
        long size = requireNonNull(inflater).getBytesWritten();
        long trailer = 0;
        for (int i = 0; i < 8; i++) {
            int value = next();
            if (value < 0) {
                damaged("it ends within its trailer");
                return;
            }
            trailer |= (long) value << (8 * i);
        }
        if ((int) trailer != (int) crc.getValue()) {
            damaged("its checksum is wrong");
        } else if ((int) (trailer >>> 32) != (int) size) {
            damaged("its length is wrong");
        } else {
            state = State.HEADER;
        }
    }
}
