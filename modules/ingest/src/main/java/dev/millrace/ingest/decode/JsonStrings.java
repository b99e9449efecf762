package dev.millrace.ingest.decode;

/** The escapes of JSON strings that are known to be well formed. */
final class JsonStrings {
    /** The string holds a surrogate without its other half. */
    static final int LONE_SURROGATE = -1;

    private JsonStrings() {}

    /**
     * Writes the string's text from {@code at} on, where there must be room for its length and {@link Window#SLACK}.
     * Returns where the text ends, or {@link #LONE_SURROGATE}.
     */
    static int unescape(byte[] b, int from, int to, byte[] out, int at) {
        int p = from;
        int q = at;
        while (p < to) {
            if (to - p >= 8) {
                long word = Words.at(b, p);
                Words.put(out, q, word);
                long stops = Words.equal(word, 0x5c5c5c5c5c5c5c5cL);
                if (stops == 0) {
                    p += 8;
                    q += 8;
                    continue;
                }
                int plain = Words.first(stops);
                p += plain;
                q += plain;
            } else if (b[p] != '\\') {
                out[q++] = b[p++];
                continue;
            }
            int c = b[p + 1];
            p += 2;
            if (c != 'u') {
                out[q++] = shortEscape(c);
                continue;
            }
            int unit = unit(b, p);
            p += 4;
            if (Character.isSurrogate((char) unit)) {
                if (Character.isLowSurrogate((char) unit) || to - p < 6 || b[p] != '\\' || b[p + 1] != 'u') {
                    return LONE_SURROGATE;
                }
                int second = unit(b, p + 2);
                if (!Character.isLowSurrogate((char) second)) {
                    return LONE_SURROGATE;
                }
                unit = Character.toCodePoint((char) unit, (char) second);
                p += 6;
            }
            q = encode(unit, out, q);
        }
        return q;
    }

    /** Whether an escaped surrogate lacks its other half. */
    static boolean holdsLoneSurrogate(byte[] b, int from, int to) {
        int p = from;
        while (p < to) {
            if (b[p] != '\\') {
                p++;
            } else if (b[p + 1] != 'u') {
                p += 2;
            } else {
                char unit = (char) unit(b, p + 2);
                p += 6;
                if (Character.isSurrogate(unit)) {
                    boolean paired = Character.isHighSurrogate(unit)
                            && to - p >= 6
                            && b[p] == '\\'
                            && b[p + 1] == 'u'
                            && Character.isLowSurrogate((char) unit(b, p + 2));
                    if (!paired) {
                        return true;
                    }
                    p += 6;
                }
            }
        }
        return false;
    }

    /** Value of a hexadecimal digit, or -1. */
    static int hex(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    private static int unit(byte[] b, int p) {
        return hex(b[p]) << 12 | hex(b[p + 1]) << 8 | hex(b[p + 2]) << 4 | hex(b[p + 3]);
    }

    private static byte shortEscape(int c) {
        return (byte)
                switch (c) {
                    case 'n' -> '\n';
                    case 't' -> '\t';
                    case 'r' -> '\r';
                    case 'b' -> '\b';
                    case 'f' -> '\f';
                    default -> c;
                };
    }

    private static int encode(int codePoint, byte[] out, int at) {
        int q = at;
        if (codePoint < 0x80) {
            out[q++] = (byte) codePoint;
        } else if (codePoint < 0x800) {
            out[q++] = (byte) (0xc0 | codePoint >> 6);
            out[q++] = (byte) (0x80 | codePoint & 0x3f);
        } else if (codePoint < 0x10000) {
            out[q++] = (byte) (0xe0 | codePoint >> 12);
            out[q++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
            out[q++] = (byte) (0x80 | codePoint & 0x3f);
        } else {
            out[q++] = (byte) (0xf0 | codePoint >> 18);
            out[q++] = (byte) (0x80 | codePoint >> 12 & 0x3f);
            out[q++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
            out[q++] = (byte) (0x80 | codePoint & 0x3f);
        }
        return q;
    }
}
