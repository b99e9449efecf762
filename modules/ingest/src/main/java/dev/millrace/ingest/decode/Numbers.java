package dev.millrace.ingest.decode;

import java.nio.charset.StandardCharsets;

/** Numbers in the grammar of JSON, from bytes. All but {@link #kind} take text that is known to keep to the grammar. */
final class Numbers {
    /** The text is no version. */
    static final long NO_VERSION = -1;
    /** A version whose minor or patch is past 999, or whose major is past what a bigint takes. */
    static final long VERSION_TOO_LARGE = -2;

    /** No value of a column of at most 18 digits. */
    static final long NO_DECIMAL = Long.MIN_VALUE;

    private static final long FAR = 1L << 40;
    private static final int EXACT_DIGITS = 15;
    private static final double[] EXACT_TENS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
    private static final long[] TENS = new long[19];

    static {
        TENS[0] = 1;
        for (int i = 1; i < TENS.length; i++) {
            TENS[i] = TENS[i - 1] * 10;
        }
    }

    private Numbers() {}

    /** {@link JsonParser#WHOLE_NUMBER}, {@link JsonParser#NUMBER}, or {@link JsonParser#MISSING} where it is no number. */
    static byte kind(byte[] b, int from, int to) {
        int p = from;
        if (p < to && b[p] == '-') {
            p++;
        }
        int digits = p;
        p = digits(b, p, to);
        if (p == digits || b[digits] == '0' && p - digits > 1) {
            return JsonParser.MISSING;
        }
        byte kind = JsonParser.WHOLE_NUMBER;
        if (p < to && b[p] == '.') {
            kind = JsonParser.NUMBER;
            digits = p + 1;
            p = digits(b, digits, to);
            if (p == digits) {
                return JsonParser.MISSING;
            }
        }
        if (p < to && (b[p] | 0x20) == 'e') {
            kind = JsonParser.NUMBER;
            p++;
            if (p < to && (b[p] == '+' || b[p] == '-')) {
                p++;
            }
            digits = p;
            p = digits(b, p, to);
            if (p == digits) {
                return JsonParser.MISSING;
            }
        }
        return p == to ? kind : JsonParser.MISSING;
    }

    private static int digits(byte[] b, int from, int to) {
        int p = from;
        while (p < to && b[p] >= '0' && b[p] <= '9') {
            p++;
        }
        return p;
    }

    /** Whether a whole number lies within 64 bits. */
    static boolean fits(byte[] b, int from, int to) {
        boolean negative = b[from] == '-';
        int first = negative ? from + 1 : from;
        int length = to - first;
        if (length < 19) {
            return true;
        }
        long value = length == 19 ? magnitude(b, first, to) : Long.MIN_VALUE;
        return value >= 0 || negative && length == 19 && value == Long.MIN_VALUE;
    }

    /** A whole number that {@link #fits}. */
    static long whole(byte[] b, int from, int to) {
        return b[from] == '-' ? -magnitude(b, from + 1, to) : magnitude(b, from, to);
    }

    private static long magnitude(byte[] b, int from, int to) {
        long value = 0;
        for (int p = from; p < to; p++) {
            value = value * 10 + (b[p] - '0');
        }
        return value;
    }

    /** The unscaled value at a scale, or {@link #NO_DECIMAL} where it is not exact within precision and scale. */
    static long decimal(byte[] b, int from, int to, int precision, int scale) {
        boolean negative = b[from] == '-';
        long digits = 0;
        int count = 0;
        long zeros = 0;
        long exponent = 0;
        boolean fraction = false;
        int p = negative ? from + 1 : from;
        for (; p < to; p++) {
            int c = b[p];
            if (c == '.') {
                fraction = true;
                continue;
            }
            if ((c | 0x20) == 'e') {
                exponent += exponent(b, p + 1, to);
                break;
            }
            if (fraction) {
                exponent--;
            }
            if (c == '0') {
                if (count > 0) {
                    zeros++;
                }
                continue;
            }
            count = (int) Math.min(count + zeros + 1, 20);
            if (count <= 18) {
                digits = digits * TENS[(int) zeros + 1] + (c - '0');
            }
            zeros = 0;
        }
        if (count == 0) {
            return 0;
        }
        long shift = exponent + zeros + scale;
        if (count > 18 || shift < 0 || count + shift > precision) {
            return NO_DECIMAL;
        }
        long value = digits * TENS[(int) shift];
        return negative ? -value : value;
    }

    private static long exponent(byte[] b, int from, int to) {
        int p = b[from] == '-' || b[from] == '+' ? from + 1 : from;
        long value = 0;
        for (; p < to; p++) {
            value = Math.min(value * 10 + (b[p] - '0'), FAR);
        }
        return b[from] == '-' ? -value : value;
    }

    /** The nearest double; never -0. */
    static double nearest(byte[] b, int from, int to) {
        boolean negative = b[from] == '-';
        long digits = 0;
        int count = 0;
        long exponent = 0;
        boolean fraction = false;
        for (int p = negative ? from + 1 : from; p < to; p++) {
            int c = b[p];
            if (c == '.') {
                fraction = true;
            } else if ((c | 0x20) == 'e') {
                exponent += exponent(b, p + 1, to);
                break;
            } else {
                if (count > 0 || c != '0') {
                    count++;
                }
                if (count > EXACT_DIGITS) {
                    return slow(b, from, to);
                }
                digits = digits * 10 + (c - '0');
                if (fraction) {
                    exponent--;
                }
            }
        }
        if (digits == 0) {
            return 0.0;
        }
        if (exponent < -22 || exponent > 22) {
            return slow(b, from, to);
        }
        double value = exponent < 0 ? digits / EXACT_TENS[(int) -exponent] : digits * EXACT_TENS[(int) exponent];
        return negative ? -value : value;
    }

    private static double slow(byte[] b, int from, int to) {
        return Double.parseDouble(new String(b, from, to - from, StandardCharsets.ISO_8859_1)) + 0.0;
    }

    /** One to three whole numbers with dots between them as major × 1,000,000 + minor × 1,000 + patch. */
    static long version(byte[] b, int from, int to) {
        long value = 0;
        boolean large = false;
        int p = from;
        for (int part = 0; part < 3; part++) {
            int start = p;
            long number = 0;
            while (p < to && b[p] >= '0' && b[p] <= '9') {
                number = Math.min(number * 10 + b[p] - '0', 1_000_000_000_000L);
                p++;
            }
            if (p == start || p - start > 1 && b[start] == '0') {
                return NO_VERSION;
            }
            large |= number > (part == 0 ? 999_999_999_999L : 999);
            value = value * 1000 + number;
            if (p == to) {
                for (int missing = part; missing < 2; missing++) {
                    value *= 1000;
                }
                return large ? VERSION_TOO_LARGE : value;
            }
            if (part == 2 || b[p] != '.') {
                return NO_VERSION;
            }
            p++;
        }
        return NO_VERSION;
    }
}
