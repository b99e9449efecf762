package dev.millrace.ingest.decode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** How far a record reaches that could not be read: found without holding more of it than its payload. */
final class Extent {
    private final Window window;
    private final boolean atBraces;
    private final ByteArrayOutputStream payload = new ByteArrayOutputStream();
    private long length;
    private boolean cutOff;

    private Extent(Window window, boolean atBraces) {
        this.window = window;
        this.atBraces = atBraces;
    }

    /**
     * Passes over the record that begins at the window's start: up to the first line feed, or, where braces end it too, up
     * to and with the first of two adjacent bytes <code>}{</code>, or to the end.
     */
    static Extent skip(Window window, boolean atBraces) throws IOException {
        Extent extent = new Extent(window, atBraces);
        extent.run();
        return extent;
    }

    byte[] payload() {
        return payload.toByteArray();
    }

    long length() {
        return length;
    }

    /** Whether damage came before the end of the extent. */
    boolean cutOff() {
        return cutOff;
    }

    private void run() throws IOException {
        while (true) {
            int to = find(window.bytes, window.start, window.end);
            if (to >= 0) {
                pass(to);
                return;
            }
            boolean undecided =
                    atBraces && !window.ended && window.end > window.start && window.bytes[window.end - 1] == '}';
            pass(undecided ? window.end - 1 : window.end);
            if (window.ended) {
                cutOff = window.cutOff();
                return;
            }
            window.readOn(window.start);
        }
    }

    private void pass(int to) {
        int room = Math.min(to - window.start, Violation.MAX_PAYLOAD_BYTES - payload.size());
        payload.write(window.bytes, window.start, room);
        length += to - window.start;
        window.start = to;
    }

    private int find(byte[] bytes, int from, int to) {
        for (int p = from; p < to; p++) {
            byte c = bytes[p];
            if (c == '\n') {
                return p;
            }
            if (atBraces && c == '}' && p + 1 < to && bytes[p + 1] == '{') {
                return p + 1;
            }
        }
        return -1;
    }
}
