package dev.millrace.ingest.decode;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Gzip, of one member or several; or a single member that other bytes may follow. */
final class GzipBytes implements Inflation {
    private enum State {
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

    private final RawBytes raw;
    private final DeflatedBody body;
    private final boolean isSingle;
    private final CRC32 headerCrc = new CRC32();
    private State state = State.HEADER;
    private long members;
    private @Nullable String damage;

    private GzipBytes(RawBytes raw, boolean isSingle) {
        this.raw = raw;
        this.isSingle = isSingle;
        body = new DeflatedBody(raw);
    }

    static GzipBytes ofMembers(RawBytes raw) {
        return new GzipBytes(raw, false);
    }

    /** Ends after one member; {@link #again} goes on with another. */
    static GzipBytes ofOneMember(RawBytes raw) {
        return new GzipBytes(raw, true);
    }

    /** Reads another member, which begins at the next byte. */
    void again() {
        state = State.HEADER;
    }

    @Override
    public @Nullable String damage() {
        return damage;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
        while (state != State.ENDED) {
            if (state == State.HEADER) {
                header();
            } else if (state == State.TRAILER) {
                trailer();
            } else {
                int count = body.read(into, at, length);
                if (body.fault() != null) {
                    damaged(requireNonNull(body.fault()));
                } else if (body.finished()) {
                    state = State.TRAILER;
                }
                if (count > 0) {
                    return count;
                }
            }
        }
        return -1;
    }

    @Override
    public void close() {
        body.close();
    }

    private void damaged(String what) {
        damage = "member " + members + " of the gzip data: " + what;
        state = State.ENDED;
    }

    private void header() throws IOException {
        if (!isSingle && members > 0 && raw.atEnd()) {
            state = State.ENDED;
            return;
        }
        members++;
        headerCrc.reset();
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
        body.begin();
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
            int expected = (int) headerCrc.getValue() & 0xffff;
            long found = raw.littleEndian(2);
            whole = found >= 0;
            if (whole && found != expected) {
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
        int value = raw.next();
        if (value >= 0) {
            headerCrc.update(value);
        }
        return value;
    }

    private void trailer() throws IOException {
        long checksum = raw.littleEndian(4);
        long length = checksum < 0 ? -1 : raw.littleEndian(4);
        if (length < 0) {
            damaged("it ends within its trailer");
        } else if (checksum != body.checksum()) {
            damaged("its checksum is wrong");
        } else if ((int) length != (int) body.length()) {
            damaged("its length is wrong");
        } else {
            state = isSingle ? State.ENDED : State.HEADER;
        }
    }
}
