package dev.millrace.ingest.decode;

import java.util.HexFormat;

/** A sum of 128-bit digests modulo 2^128: the same for the same rows in whatever order and portions they were added. */
public final class ContentSum {
    private long high;
    private long low;

    public static ContentSum of(String hex) {
        if (hex.length() != 32) {
            throw new IllegalArgumentException("a content sum has 32 hexadecimal digits: '" + hex + "'");
        }
        ContentSum sum = new ContentSum();
        sum.high = HexFormat.fromHexDigitsToLong(hex, 0, 16);
        sum.low = HexFormat.fromHexDigitsToLong(hex, 16, 32);
        return sum;
    }

    public void add(long digestHigh, long digestLow) {
        low += digestLow;
        high += digestHigh + (Long.compareUnsigned(low, digestLow) < 0 ? 1 : 0);
    }

    /** The sum of both, which stay as they are. */
    public ContentSum plus(ContentSum other) {
        ContentSum sum = new ContentSum();
        sum.add(high, low);
        sum.add(other.high, other.low);
        return sum;
    }

    public String toHex() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ContentSum sum && sum.high == high && sum.low == low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high * 31 + low);
    }

    @Override
    public String toString() {
        return toHex();
    }
}
