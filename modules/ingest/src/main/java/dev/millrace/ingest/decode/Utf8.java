package dev.millrace.ingest.decode;

/** UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing past U+10FFFF. */
final class Utf8 {
    private Utf8() {}

    static boolean valid(byte[] b, int from, int to) {
        int p = from;
        while (p < to) {
            if (to - p >= 8 && (Words.at(b, p) & Words.HIGHS) == 0) {
                p += 8;
                continue;
            }
            int length = sequence(b, p, to);
            if (length == 0) {
                return false;
            }
            p += length;
        }
        return true;
    }

    /** Length of the valid sequence that begins here, or 0. */
    private static int sequence(byte[] b, int p, int to) {
        int lead = b[p];
        if (lead >= 0) {
            return 1;
        }
        lead &= 0xff;
        if (lead < 0xc2 || lead > 0xf4) {
            return 0;
        }
        int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (to - p < length) {
            return 0;
        }
        int second = b[p + 1] & 0xff;
        int lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if ((b[p + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return length;
    }

    /** The number of code points of valid UTF-8. */
    static int codePoints(byte[] b, int from, int to) {
        int count = 0;
        for (int p = from; p < to; p++) {
            if ((b[p] & 0xc0) != 0x80) {
                count++;
            }
        }
        return count;
    }

    static boolean hasNul(byte[] b, int from, int to) {
        for (int p = from; p < to; p++) {
            if (b[p] == 0) {
                return true;
            }
        }
        return false;
    }
}
