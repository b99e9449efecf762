package dev.millrace.ingest.decode;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The bytes of a landed object with its compression, told by the magic bytes, taken off. */
final class LandedBytes implements AutoCloseable {
    /** How many bytes tell the compression. */
    static final int MAGIC = 16;

    private final RawBytes raw;
    private final boolean mayHoldGzip;
    private @Nullable Inflation inflation;

    /** With {@code mayHoldGzip} members of gzip are inflated that stand within the bytes, one within the other at most. */
    LandedBytes(InputStream source, byte[] raw, boolean mayHoldGzip) {
        this.raw = new RawBytes(source, raw);
        this.mayHoldGzip = mayHoldGzip;
    }

    /** What is wrong with the compressed data; known once {@link #read} has told the end. */
    @Nullable
    String damage() {
        return inflation == null ? null : inflation.damage();
    }

    /** Reads at least one byte, or tells the end by -1. */
    int read(byte[] into, int at, int length) throws IOException {
        if (inflation == null) {
            inflation = mayHoldGzip ? new GzipWithin(new GzipWithin(told())) : told();
        }
        return inflation.read(into, at, length);
    }

    @Override
    public void close() {
        if (inflation != null) {
            inflation.close();
        }
    }

    static boolean isCompressed(byte[] magic, int length) {
        return length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b
                || ZstdBytes.begin(magic, length)
                || ZipBytes.begin(magic, length)
                || SnappyBytes.framing(magic, length) != SnappyBytes.Framing.NONE;
    }

    private Inflation told() throws IOException {
        int length = raw.look(MAGIC);
        byte[] magic = raw.bytes;
        if (length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
            return mayHoldGzip ? new PlainBytes(raw) : GzipBytes.ofMembers(raw);
        }
        if (ZstdBytes.begin(magic, length)) {
            return new ZstdBytes(raw);
        }
        if (ZipBytes.begin(magic, length)) {
            return new ZipBytes(raw);
        }
        SnappyBytes.Framing framing = SnappyBytes.framing(magic, length);
        return framing == SnappyBytes.Framing.NONE ? new PlainBytes(raw) : new SnappyBytes(raw, framing);
    }
}
