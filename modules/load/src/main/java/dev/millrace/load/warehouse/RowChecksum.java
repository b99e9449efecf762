package dev.millrace.load.warehouse;

import dev.millrace.lake.read.SplitReader;
import java.math.BigInteger;

/** The lake's side of a checksum: sums over rows, in any order. One instance serves one thread. */
public interface RowChecksum {

    /** Adds the present batch. */
    void add(SplitReader batch);

    BigInteger sum();
}
