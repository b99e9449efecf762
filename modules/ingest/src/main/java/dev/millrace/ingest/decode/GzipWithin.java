package dev.millrace.ingest.decode;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Bytes among which members of gzip may stand, each taken for what it inflates to. The two bytes that a member begins with are
 * never next to one another in UTF-8.
 */
final class GzipWithin implements Inflation {
    private static final int CHUNK = 16 * 1024;

    private final Inflation around;
    private final RawBytes raw;
    private final GzipBytes member;
    private boolean inMember;
    private boolean ended;
    private @Nullable String damage;

    GzipWithin(Inflation around) {
        this.around = around;
        raw = new RawBytes(new Around(around), new byte[CHUNK]);
        member = GzipBytes.ofOneMember(raw);
    }

    @Override
    public @Nullable String damage() {
        return damage;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
        while (!ended) {
            int count = inMember ? member.read(into, at, length) : text(into, at, length);
            if (count > 0) {
                return count;
            }
            if (count < 0 && inMember) {
                inMember = false;
                if (member.damage() != null) {
                    damage = member.damage();
                    ended = true;
                }
            } else if (count < 0) {
                damage = around.damage();
                ended = true;
            }
        }
        return -1;
    }

    /** What is there before the next member, possibly nothing, or -1 at the end. */
    private int text(byte[] into, int at, int length) throws IOException {
        boolean more = raw.two();
        if (!more && raw.position == raw.limit) {
            return -1;
        }
        int from = raw.position;
        int to = more ? Math.min(raw.limit - 1, from + length) : raw.limit;
        int p = from;
        while (p < to && !(raw.bytes[p] == 0x1f && p + 1 < raw.limit && raw.bytes[p + 1] == (byte) 0x8b)) {
            p++;
        }
        System.arraycopy(raw.bytes, from, into, at, p - from);
        raw.position = p;
        if (p == from) {
            inMember = true;
            member.again();
        }
        return p - from;
    }

    @Override
    public void close() {
        member.close();
        around.close();
    }

    /** What is around, as a source. */
    private static final class Around extends InputStream {
        private final Inflation around;

        private Around(Inflation around) {
            this.around = around;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("bytes are read in portions");
        }

        @Override
        public int read(byte[] into, int at, int length) throws IOException {
            return around.read(into, at, length);
        }
    }
}
