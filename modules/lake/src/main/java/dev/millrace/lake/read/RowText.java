package dev.millrace.lake.read;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/** A row as JSON text, in a buffer that is used again and again. */
public final class RowText {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'");
    private static final int SLACK = 16;

    private byte[] bytes = new byte[4096];
    private int length;

    /** The text, with room behind it. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    private void room(int more) {
        if (length + more + SLACK > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more + SLACK));
        }
    }

    /** JSON as it stands, of characters of ASCII. */
    public void add(String ascii) {
        room(ascii.length());
        for (int i = 0; i < ascii.length(); i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
    }

    public void string(byte[] text) {
        string(text, 0, text.length);
    }

    /** Bytes that are no UTF-8 stay what they are, for the record to be judged by. */
    public void string(byte[] text, int from, int count) {
        room(6 * count + 2);
        bytes[length++] = '"';
        for (int i = from; i < from + count; i++) {
            byte c = text[i];
            if (c == '"' || c == '\\') {
                bytes[length++] = '\\';
                bytes[length++] = c;
            } else if (c >= 0 && c < ' ') {
                add(String.format("\\u%04x", c));
                room(6 * (from + count - i) + 2);
            } else {
                bytes[length++] = c;
            }
        }
        bytes[length++] = '"';
    }

    /** A real is a number; what is none, or infinite, a string. */
    public void real(float value) {
        real(Float.toString(value), Float.isFinite(value));
    }

    public void real(double value) {
        real(Double.toString(value), Double.isFinite(value));
    }

    public void date(long epochDay) {
        add('"' + LocalDate.ofEpochDay(epochDay).toString() + '"');
    }

    public void time(Instant instant) {
        add('"' + TIME.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC)) + '"');
    }

    /** Makes sure of room behind the text, with a byte there that is none of it. */
    void end() {
        room(0);
        bytes[length] = 0;
    }

    private void real(String text, boolean finite) {
        if (finite) {
            add(text);
        } else {
            string(text.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
