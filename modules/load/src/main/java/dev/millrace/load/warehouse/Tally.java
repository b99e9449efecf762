package dev.millrace.load.warehouse;

import java.math.BigInteger;

/** How many rows a period has, and an order-independent sum over them. */
public record Tally(long rows, BigInteger checksum) {
    public static final Tally NOTHING = new Tally(0, BigInteger.ZERO);

    public Tally plus(Tally other) {
        return new Tally(rows + other.rows, checksum.add(other.checksum));
    }
}
