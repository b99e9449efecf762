package dev.millrace.lake.read;

import java.util.Arrays;

/**
 * One column of a batch. Numbers are as in {@link dev.millrace.lake.Row#number}; a text is a slice of {@link #bytes}. What
 * a null row's number or slice is, is undefined.
 */
public final class Vector {
    private static final byte[] NOTHING = new byte[0];

    final boolean text;
    boolean hasNulls;
    final boolean[] nulls = new boolean[SplitReader.BATCH_ROWS];
    final long[] numbers;
    final int[] starts;
    final int[] lengths;
    byte[] bytes = NOTHING;

    Vector(boolean text) {
        this.text = text;
        this.numbers = text ? new long[0] : new long[SplitReader.BATCH_ROWS];
        this.starts = text ? new int[SplitReader.BATCH_ROWS] : new int[0];
        this.lengths = text ? new int[SplitReader.BATCH_ROWS] : new int[0];
    }

    void allNull(int rows) {
        Arrays.fill(nulls, 0, rows, true);
        hasNulls = true;
    }

    public boolean isNull(int row) {
        return hasNulls && nulls[row];
    }

    public long number(int row) {
        return numbers[row];
    }

    public byte[] bytes() {
        return bytes;
    }

    public int start(int row) {
        return starts[row];
    }

    public int length(int row) {
        return lengths[row];
    }
}
