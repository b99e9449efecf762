package dev.millrace.ingest.decode;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A Zip archive read from its beginning: the contents of its entries, one after the other. */
final class ZipBytes implements Inflation {
    private enum State {
        NEXT,
        STORED,
        DEFLATED,
        ENDED
    }

    private static final long ENTRY = 0x04034b50L;
    private static final long DIRECTORY = 0x02014b50L;
    private static final long DIRECTORY_END = 0x06054b50L;
    private static final long DIRECTORY_END_64 = 0x06064b50L;
    private static final long LOCATOR_64 = 0x07064b50L;
    private static final long DESCRIPTOR = 0x08074b50L;
    private static final int ENCRYPTED = 1;
    private static final int WITH_DESCRIPTOR = 8;
    private static final int EXTRA_64 = 1;
    private static final long IN_EXTRA = 0xffffffffL;

    private final RawBytes raw;
    private final DeflatedBody body;
    private final CRC32 storedCrc = new CRC32();
    private State state = State.NEXT;
    private long entries;
    private long listed;
    private boolean hasDescriptor;
    private boolean isLarge;
    private long checksum;
    private long length;
    private long storedLeft;
    private @Nullable String damage;

    ZipBytes(RawBytes raw) {
        this.raw = raw;
        body = new DeflatedBody(raw);
    }

    /** Whether a Zip archive begins so: with an entry, or with the end of one that has none. */
    static boolean begin(byte[] b, int length) {
        return length >= 4 && b[0] == 'P' && b[1] == 'K' && (b[2] == 3 && b[3] == 4 || b[2] == 5 && b[3] == 6);
    }

    @Override
    public @Nullable String damage() {
        return damage;
    }

    @Override
    public void close() {
        body.close();
    }

    @Override
    public int read(byte[] into, int at, int wanted) throws IOException {
        while (state != State.ENDED) {
            int count = 0;
            switch (state) {
                case NEXT -> next();
                case STORED -> count = stored(into, at, wanted);
                default -> count = deflated(into, at, wanted);
            }
            if (count > 0) {
                return count;
            }
        }
        return -1;
    }

    private void damaged(String what) {
        damage = "entry " + entries + " of the zip archive: " + what;
        state = State.ENDED;
    }

    private void next() throws IOException {
        long signature = raw.littleEndian(4);
        if (signature == ENTRY && listed == 0) {
            entries++;
            entry();
        } else if (signature == DIRECTORY) {
            listed++;
            directory();
        } else if (signature == DIRECTORY_END_64) {
            long size = raw.littleEndian(8);
            if (size < 0 || !raw.skip(size)) {
                damaged("the archive ends within its directory");
            }
        } else if (signature == LOCATOR_64) {
            if (!raw.skip(16)) {
                damaged("the archive ends within its directory");
            }
        } else if (signature == DIRECTORY_END) {
            end();
        } else {
            damaged(signature < 0 ? "the archive ends without its directory" : "something else follows");
        }
    }

    private void directory() throws IOException {
        boolean whole = raw.skip(24);
        long name = whole ? raw.littleEndian(2) : -1;
        long extra = name < 0 ? -1 : raw.littleEndian(2);
        long comment = extra < 0 ? -1 : raw.littleEndian(2);
        if (comment < 0 || !raw.skip(12 + name + extra + comment)) {
            damaged("the archive ends within its directory");
        }
    }

    private void end() throws IOException {
        boolean whole = raw.skip(16);
        long comment = whole ? raw.littleEndian(2) : -1;
        if (comment < 0 || !raw.skip(comment)) {
            damaged("the archive ends within its directory");
        } else if (listed != entries) {
            damaged("the directory lists " + listed + " entries");
        } else if (!raw.atEnd()) {
            damaged("bytes follow the archive");
        } else {
            state = State.ENDED;
        }
    }

    private void entry() throws IOException {
        byte[] header = new byte[26];
        if (raw.read(header, 0, header.length) < header.length) {
            damaged("it ends within its header");
            return;
        }
        int flags = number(header, 2, 2);
        int method = number(header, 4, 2);
        checksum = number(header, 10, 4) & 0xffffffffL;
        long deflatedLength = number(header, 14, 4) & 0xffffffffL;
        length = number(header, 18, 4) & 0xffffffffL;
        hasDescriptor = (flags & WITH_DESCRIPTOR) != 0;
        byte[] extra = new byte[number(header, 24, 2)];
        if (!raw.skip(number(header, 22, 2)) || raw.read(extra, 0, extra.length) < extra.length) {
            damaged("it ends within its header");
            return;
        }
        isLarge = false;
        for (int p = 0; p + 4 <= extra.length; p += 4 + number(extra, p + 2, 2)) {
            if (number(extra, p, 2) == EXTRA_64) {
                isLarge = true;
                if (length == IN_EXTRA && p + 12 <= extra.length) {
                    length = number(extra, p + 4, 4) & 0xffffffffL | (long) number(extra, p + 8, 4) << 32;
                    deflatedLength = length;
                }
            }
        }
        if ((flags & ENCRYPTED) != 0) {
            damaged("it is encrypted");
        } else if (method == 8) {
            body.begin();
            state = State.DEFLATED;
        } else if (method == 0 && !hasDescriptor && deflatedLength == length) {
            storedCrc.reset();
            storedLeft = length;
            state = State.STORED;
        } else {
            damaged("it is neither deflated nor stored with its length before it");
        }
    }

    private static int number(byte[] b, int at, int bytes) {
        int number = 0;
        for (int i = 0; i < bytes; i++) {
            number |= (b[at + i] & 0xff) << (8 * i);
        }
        return number;
    }

    private int stored(byte[] into, int at, int wanted) throws IOException {
        if (storedLeft == 0) {
            state = State.NEXT;
            if (storedCrc.getValue() != checksum) {
                damaged("its checksum is wrong");
            }
            return 0;
        }
        int count = raw.read(into, at, (int) Math.min(wanted, storedLeft));
        storedCrc.update(into, at, count);
        storedLeft -= count;
        if (count == 0) {
            damaged("it ends early");
        }
        return count;
    }

    private int deflated(byte[] into, int at, int wanted) throws IOException {
        int count = body.read(into, at, wanted);
        if (body.fault() != null) {
            damaged(requireNonNull(body.fault()));
        } else if (body.finished()) {
            state = State.NEXT;
            if (hasDescriptor && !descriptor()) {
                damaged("it ends within its trailer");
            } else if (checksum != body.checksum()) {
                damaged("its checksum is wrong");
            } else if (length != body.length()) {
                damaged("its length is wrong");
            }
        }
        return count;
    }

    /** Reads what an entry says of itself behind its data, with or without a signature. */
    private boolean descriptor() throws IOException {
        checksum = raw.littleEndian(4);
        if (checksum == DESCRIPTOR) {
            checksum = raw.littleEndian(4);
        }
        int size = isLarge ? 8 : 4;
        boolean whole = checksum >= 0 && raw.skip(size);
        length = whole ? raw.littleEndian(size) : -1;
        return length >= 0;
    }
}
