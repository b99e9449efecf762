package dev.millrace.ingest.decode;

import java.io.IOException;
import java.util.Arrays;

/**
 * The stretch of an object's bytes that is being read: at most one record and what was read with it. The byte at {@code
 * end} is always 0, and {@link #SLACK} bytes may be read past it.
 */
final class Window {
    /** How far readers of whole words may look past the end. */
    static final int SLACK = 16;

    private final int chunk;
    private final int longestRecord;
    private final LandedBytes source;
    byte[] bytes;
    int start;
    int end;
    boolean ended;
    private byte[] cutOffPayload = {};
    private long cutOffLength;

    Window(LandedBytes source, byte[] bytes, int chunk, int longestRecord) {
        this.longestRecord = longestRecord;
        this.source = source;
        this.bytes = bytes;
        this.chunk = chunk;
    }

    /**
     * Forgets what is before {@code from}, which becomes {@code start}, and reads on: doubles what is kept, up to
     * the longest record, so that beginning a record anew after each call costs no more than reading it twice.
     */
    void readOn(int from) throws IOException {
        int kept = end - from;
        int wanted = kept + Math.max(chunk, Math.min(kept, longestRecord - kept));
        if (wanted + SLACK > bytes.length) {
            byte[] larger = new byte[wanted + SLACK];
            System.arraycopy(bytes, from, larger, 0, kept);
            bytes = larger;
        } else if (from > 0) {
            System.arraycopy(bytes, from, bytes, 0, kept);
        }
        start = 0;
        end = kept;
        while (!ended && end < wanted) {
            int count = source.read(bytes, end, wanted - end);
            if (count < 0) {
                ended = true;
            } else {
                end += count;
            }
        }
        bytes[end] = 0;
    }

    /** Whether the bytes ended where the compressed data is damaged. */
    boolean cutOff() {
        return ended && source.damage() != null;
    }

    /** Notes the record whose end the damage took. */
    void cutOff(byte[] payload, long length) {
        cutOffPayload = payload;
        cutOffLength = length;
    }

    byte[] cutOffPayload() {
        return cutOffPayload;
    }

    long cutOffLength() {
        return cutOffLength;
    }

    void skipByteOrderMark() throws IOException {
        while (!ended && end - start < 3) {
            readOn(start);
        }
        if (end - start >= 3
                && bytes[start] == (byte) 0xef
                && bytes[start + 1] == (byte) 0xbb
                && bytes[start + 2] == (byte) 0xbf) {
            start += 3;
        }
    }

    /** The beginning of a stretch that ends before {@code to}, as a violation carries it. */
    byte[] payload(int from, int to) {
        return Arrays.copyOfRange(bytes, from, Math.min(to, from + Violation.MAX_PAYLOAD_BYTES));
    }
}
