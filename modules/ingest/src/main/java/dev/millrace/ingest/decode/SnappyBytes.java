package dev.millrace.ingest.decode;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.snappy.SnappyDecompressor;
import java.io.IOException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Snappy in one of its framings. A block counts whole or, where anything in it is wrong, not at all. */
final class SnappyBytes implements Inflation {
    /** How blocks follow one another. */
    enum Framing {
        NONE,
        /** Snappy's own: chunks with a type, a length and a checksum. */
        STREAM,
        /** Hadoop's: lengths before blocks, and no magic bytes. */
        HADOOP,
        /** That of snappy-java: magic bytes, then a length before each block. */
        JAVA
    }

    private static final byte[] STREAM_MAGIC = {(byte) 0xff, 6, 0, 0, 's', 'N', 'a', 'P', 'p', 'Y'};
    private static final byte[] JAVA_MAGIC = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
    private static final int LONGEST_CHUNK = 1 << 16;
    private static final int LONGEST_BLOCK = 1 << 24;

    private final RawBytes raw;
    private final Framing framing;
    private final SnappyDecompressor snappy = new SnappyDecompressor();
    private final CRC32C crc = new CRC32C();
    private byte[] compressed = new byte[LONGEST_CHUNK];
    private byte[] block = new byte[LONGEST_CHUNK];
    private int from;
    private int to;
    private long blocks;
    private long left;
    private boolean ended;
    private @Nullable String damage;

    SnappyBytes(RawBytes raw, Framing framing) {
        this.raw = raw;
        this.framing = framing;
    }

    static Framing framing(byte[] b, int length) {
        if (begins(b, length, STREAM_MAGIC)) {
            return Framing.STREAM;
        }
        if (begins(b, length, JAVA_MAGIC)) {
            return Framing.JAVA;
        }
        return length >= 10 && isHadoop(b) ? Framing.HADOOP : Framing.NONE;
    }

    private static boolean begins(byte[] b, int length, byte[] magic) {
        boolean same = length >= magic.length;
        for (int i = 0; same && i < magic.length; i++) {
            same = b[i] == magic[i];
        }
        return same;
    }

    /** Whether two lengths and a block's own stand here that can be together. No text begins with a NUL. */
    private static boolean isHadoop(byte[] b) {
        long inflated = bigEndian(b, 0);
        long deflated = bigEndian(b, 4);
        long own = 0;
        int p = 8;
        for (int shift = 0; shift < 28 && p == 8 + shift / 7; shift += 7) {
            own |= (b[p] & 0x7fL) << shift;
            p += b[p] < 0 ? 1 : 0;
        }
        boolean literalFirst = (b[p + 1] & 3) == 0;
        return b[0] == 0
                && own > 0
                && own <= inflated
                && deflated > 1
                && deflated <= 32 + own + own / 6
                && literalFirst;
    }

    private static long bigEndian(byte[] b, int at) {
        return (b[at] & 0xffL) << 24 | (b[at + 1] & 0xffL) << 16 | (b[at + 2] & 0xffL) << 8 | b[at + 3] & 0xffL;
    }

    @Override
    public @Nullable String damage() {
        return damage;
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
        while (from == to) {
            if (ended) {
                return -1;
            }
            from = 0;
            to = 0;
            switch (framing) {
                case STREAM -> chunk();
                case HADOOP -> hadoopBlock();
                default -> javaBlock();
            }
        }
        int count = Math.min(length, to - from);
        System.arraycopy(block, from, into, at, count);
        from += count;
        return count;
    }

    private void damaged(String what) {
        damage = "block " + blocks + " of the snappy data: " + what;
        ended = true;
        from = 0;
        to = 0;
    }

    private void chunk() throws IOException {
        if (raw.atEnd()) {
            ended = true;
            return;
        }
        int type = raw.next();
        long length = raw.littleEndian(3);
        boolean data = type <= 1;
        blocks += data ? 1 : 0;
        if (length < 0) {
            damaged("it ends within its header");
        } else if (data) {
            dataChunk(type == 0, (int) length);
        } else if (type == 0xff) {
            byte[] name = new byte[STREAM_MAGIC.length - 4];
            boolean same = length == name.length && raw.read(name, 0, name.length) == name.length;
            for (int i = 0; same && i < name.length; i++) {
                same = name[i] == STREAM_MAGIC[4 + i];
            }
            if (!same) {
                damaged("no identifier follows");
            }
        } else if (type < 0x80) {
            damaged("an unknown kind of chunk follows");
        } else if (!raw.skip(length)) {
            damaged("it ends early");
        }
    }

    private void dataChunk(boolean isCompressed, int length) throws IOException {
        if (length < 4 || length > 4 + 32 + LONGEST_CHUNK + LONGEST_CHUNK / 6) {
            damaged("its length is wrong");
            return;
        }
        long expected = raw.littleEndian(4);
        if (expected < 0 || !takes(length - 4)) {
            damaged("it ends early");
            return;
        }
        if (isCompressed) {
            if (!inflate(length - 4, LONGEST_CHUNK)) {
                return;
            }
        } else if (length - 4 > LONGEST_CHUNK) {
            damaged("its length is wrong");
            return;
        } else {
            System.arraycopy(compressed, 0, block, 0, length - 4);
            to = length - 4;
        }
        crc.reset();
        crc.update(block, 0, to);
        int sum = (int) crc.getValue();
        if ((Integer.rotateRight(sum, 15) + 0xa282ead8) != (int) expected) {
            damaged("its checksum is wrong");
        }
    }

    private boolean takes(int length) throws IOException {
        if (compressed.length < length) {
            compressed = new byte[length];
        }
        return raw.read(compressed, 0, length) == length;
    }

    private void hadoopBlock() throws IOException {
        if (left == 0) {
            if (raw.atEnd()) {
                ended = true;
                return;
            }
            left = length();
            if (left < 0) {
                damaged("it ends within its header");
            }
            return;
        }
        blocks++;
        if (compressedBlock((int) Math.min(left, LONGEST_BLOCK))) {
            left -= to;
        }
    }

    private void javaBlock() throws IOException {
        if (blocks == 0 && !raw.skip(JAVA_MAGIC.length + 8)) {
            damaged("it ends within its header");
            return;
        }
        blocks++;
        if (raw.atEnd()) {
            ended = true;
            return;
        }
        compressedBlock(LONGEST_BLOCK);
    }

    /** Reads one block behind its length, of which nothing more may come than this. */
    private boolean compressedBlock(int most) throws IOException {
        long length = length();
        if (length < 0) {
            damaged("it ends within its header");
        } else if (length == 0 || length > 32 + LONGEST_BLOCK + LONGEST_BLOCK / 6) {
            damaged("its length is wrong");
        } else if (!takes((int) length)) {
            damaged("it ends early");
        } else {
            return inflate((int) length, most);
        }
        return false;
    }

    private long length() throws IOException {
        long reversed = raw.littleEndian(4);
        return reversed < 0 ? -1 : Integer.reverseBytes((int) reversed) & 0xffffffffL;
    }

    /** Inflates what was taken; a block that would be longer than this is damage. */
    private boolean inflate(int length, int longest) {
        try {
            int size = SnappyDecompressor.getUncompressedLength(compressed, 0);
            if (size < 0 || size > longest) {
                damaged("its length is wrong");
                return false;
            }
            if (block.length < size) {
                block = new byte[size];
            }
            to = snappy.decompress(compressed, 0, length, block, 0, size);
            if (to != size) {
                damaged("its length is wrong");
            }
        } catch (MalformedInputException | IllegalArgumentException | IndexOutOfBoundsException e) {
            damaged("its data is bad");
        }
        return !ended;
    }
}
