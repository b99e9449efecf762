package dev.millrace.local.sample;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * The bytes of an object while they are made: plain, or gzip in one or several members whose headers name neither time nor
 * operating system, so that the same content is always the same bytes.
 */
final class ObjectBytes implements AutoCloseable {
    private static final int LEVEL = 6;
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int BUFFER = 1 << 16;
    private static final int LONGEST_RECORD = 1 << 12;

    private final boolean gzip;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 20);
    private final Deflater deflater = new Deflater(LEVEL, true);
    private final CRC32 crc = new CRC32();
    private final byte[] deflated = new byte[BUFFER];
    private final byte[] buffer = new byte[BUFFER + LONGEST_RECORD];
    private int length;
    private long memberLength;
    private int mark;

    ObjectBytes(boolean gzip) {
        this.gzip = gzip;
        begin();
    }

    private void begin() {
        if (gzip) {
            out.writeBytes(HEADER);
        }
    }

    /** Call between records: it makes room for the longest one, and remembers where it begins. */
    void record() {
        if (length >= BUFFER) {
            flush();
        }
        mark = length;
    }

    /** Length of the record so far. */
    int recordLength() {
        return length - mark;
    }

    /** Cuts the record off after so many bytes. */
    void cutRecord(int bytes) {
        length = mark + bytes;
    }

    void put(int value) {
        buffer[length++] = (byte) value;
    }

    void put(byte[] text) {
        System.arraycopy(text, 0, buffer, length, text.length);
        length += text.length;
    }

    /** The record that was written last, once more. */
    byte[] recordBytes() {
        return Arrays.copyOfRange(buffer, mark, length);
    }

    void putUuid(long high, long low) {
        // Version 4, variant 2, as generated ids have it.
        long first = (high & ~0xF000L) | 0x4000L;
        long second = (low & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
        putHex(first >>> 32, 8);
        put('-');
        putHex(first >>> 16, 4);
        put('-');
        putHex(first, 4);
        put('-');
        putHex(second >>> 48, 4);
        put('-');
        putHex(second, 12);
    }

    private void putHex(long value, int digits) {
        for (int i = digits - 1; i >= 0; i--) {
            buffer[length++] = HEX[(int) (value >>> (4 * i)) & 15];
        }
    }

    void putDigits(int value, int digits) {
        int rest = value;
        for (int i = digits - 1; i >= 0; i--) {
            buffer[length + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }

    private void flush() {
        if (gzip) {
            crc.update(buffer, 0, length);
            memberLength += length;
            deflater.setInput(buffer, 0, length);
            while (!deflater.needsInput()) {
                out.write(deflated, 0, deflater.deflate(deflated));
            }
        } else {
            out.write(buffer, 0, length);
        }
        length = 0;
        mark = 0;
    }

    private void end() {
        flush();
        if (!gzip) {
            return;
        }
        deflater.finish();
        while (!deflater.finished()) {
            out.write(deflated, 0, deflater.deflate(deflated));
        }
        little((int) crc.getValue());
        little((int) memberLength);
        deflater.reset();
        crc.reset();
        memberLength = 0;
    }

    private void little(int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            out.write(value >>> shift);
        }
    }

    boolean isGzip() {
        return gzip;
    }

    /** What follows is another member of the same object. */
    void nextMember() {
        end();
        begin();
    }

    byte[] finished() {
        end();
        return out.toByteArray();
    }

    /**
     * The last member, cut off in the middle: for a member of one record, so that what can still be inflated is never a whole
     * record.
     */
    byte[] finishedCutOff(int memberStart) {
        byte[] whole = finished();
        return Arrays.copyOf(whole, memberStart + (whole.length - memberStart) / 2);
    }

    /** Where the next byte of the object will be, when nothing waits in the buffer. */
    int position() {
        return out.size();
    }

    @Override
    public void close() {
        deflater.end();
    }
}
