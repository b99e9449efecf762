package dev.millrace.ingest.decode;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Zstandard, of one frame or several. The library is handed one block at a time, as it gives nothing of what it was handed
 * together with a fault.
 */
final class ZstdBytes implements Inflation {
    private static final int[] MAGIC = {0x28, 0xb5, 0x2f, 0xfd};
    private static final long FRAME = 0xfd2fb528L;
    private static final long SKIPPABLE = 0x184d2a50L;
    private static final int LARGEST_WINDOW_LOG = 27;

    private final Blocks blocks;
    private final ZstdInputStreamNoFinalizer stream;
    private boolean ended;
    private @Nullable String damage;

    ZstdBytes(RawBytes raw) throws IOException {
        blocks = new Blocks(raw);
        stream = new ZstdInputStreamNoFinalizer(blocks);
        stream.setLongMax(LARGEST_WINDOW_LOG);
    }

    /** Whether a frame begins so, or what may stand before one. */
    static boolean begin(byte[] b, int length) {
        boolean frame = length >= 4;
        for (int i = 0; frame && i < 4; i++) {
            frame = (b[i] & 0xff) == MAGIC[i];
        }
        return frame || length >= 4 && (b[0] & 0xf0) == 0x50 && b[1] == 0x2a && b[2] == 0x4d && b[3] == 0x18;
    }

    @Override
    public @Nullable String damage() {
        return damage;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
        while (!ended) {
            int count;
            try {
                count = stream.read(into, at, length);
            } catch (ZstdIOException e) {
                ended = true;
                damage = "frame " + blocks.frames + " of the zstd data: "
                        + (blocks.fault == null ? "its data is bad" : blocks.fault);
                return -1;
            }
            if (count > 0) {
                return count;
            }
            if (count < 0) {
                ended = true;
                damage = blocks.fault == null ? null : "frame " + blocks.frames + " of the zstd data: " + blocks.fault;
            }
        }
        return -1;
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            throw new IllegalStateException("closing what holds no file cannot fail", e);
        }
    }

    /** Hands out frame headers, blocks and checksums, each by itself. */
    private static final class Blocks extends InputStream {
        private static final int NO_FRAME = 0;
        private static final int BLOCK = 1;
        private static final int CHECKSUM = 2;

        private final RawBytes raw;
        private byte[] piece = new byte[4096];
        private int from;
        private int to;
        private int expected = NO_FRAME;
        private boolean hasChecksum;
        private boolean ended;
        private long frames;
        private @Nullable String fault;

        private Blocks(RawBytes raw) {
            this.raw = raw;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("pieces are read whole");
        }

        @Override
        public int read(byte[] into, int at, int length) throws IOException {
            if (from == to && (ended || !next())) {
                ended = true;
                return -1;
            }
            int count = Math.min(length, to - from);
            System.arraycopy(piece, from, into, at, count);
            from += count;
            return count;
        }

        private boolean next() throws IOException {
            from = 0;
            to = 0;
            return switch (expected) {
                case BLOCK -> block();
                case CHECKSUM -> {
                    expected = NO_FRAME;
                    yield take(4) || failed("it ends within its checksum");
                }
                default -> frame();
            };
        }

        private boolean failed(String what) {
            fault = what;
            return false;
        }

        /** Adds bytes to the piece. */
        private boolean take(int length) throws IOException {
            if (piece.length < to + length) {
                piece = java.util.Arrays.copyOf(piece, to + length);
            }
            int count = raw.read(piece, to, length);
            to += count;
            return count == length;
        }

        private boolean frame() throws IOException {
            while (true) {
                if (raw.atEnd()) {
                    return false;
                }
                frames++;
                if (!take(4)) {
                    return failed("no header");
                }
                long magic = number(0, 4);
                if ((magic & 0xfffffff0L) == SKIPPABLE) {
                    long length = raw.littleEndian(4);
                    if (length < 0 || !raw.skip(length)) {
                        return failed("it ends early");
                    }
                    to = 0;
                } else if (magic == FRAME) {
                    break;
                } else {
                    return failed("no header");
                }
            }
            if (!take(1)) {
                return failed("it ends within its header");
            }
            int descriptor = piece[4] & 0xff;
            boolean single = (descriptor & 0x20) != 0;
            hasChecksum = (descriptor & 4) != 0;
            int sizeFlag = descriptor >>> 6;
            int rest = (single ? 0 : 1)
                    + ((descriptor & 3) == 3 ? 4 : descriptor & 3)
                    + (sizeFlag == 0 ? (single ? 1 : 0) : 1 << sizeFlag);
            expected = BLOCK;
            return take(rest) || failed("it ends within its header");
        }

        private boolean block() throws IOException {
            if (!take(3)) {
                return failed("it ends early");
            }
            long header = number(0, 3);
            boolean last = (header & 1) != 0;
            int type = (int) (header >>> 1) & 3;
            int size = (int) (header >>> 3);
            if (last) {
                expected = hasChecksum ? CHECKSUM : NO_FRAME;
            }
            return take(type == 1 ? 1 : size) || failed("it ends early");
        }

        private long number(int at, int length) {
            long number = 0;
            for (int i = 0; i < length; i++) {
                number |= (piece[at + i] & 0xffL) << (8 * i);
            }
            return number;
        }
    }
}
