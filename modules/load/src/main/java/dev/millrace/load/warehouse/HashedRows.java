package dev.millrace.load.warehouse;

import dev.millrace.contract.Column;
import dev.millrace.lake.read.SplitReader;
import dev.millrace.lake.read.Vector;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/**
 * What {@code sum(hash_record_extended(row(…), 0))} gives in Postgres over the columns as texts and as the bytes it would send.
 * A value's hash has 64 bits and enters the row's times an odd number, so that another value gives another sum. Postgres's
 * own hash of a bigint folds it to 32 bits first: hence the bytes.
 */
final class HashedRows implements RowChecksum {
    private final Wire[] wires;
    private final int[] scales;
    private final byte[] scratch = new byte[Wire.MOST];
    private long[] hashes = new long[0];
    private long low;
    private long high;

    HashedRows(List<Column> columns) {
        this.wires = columns.stream().map(column -> Wire.of(column.type())).toArray(Wire[]::new);
        this.scales =
                columns.stream().mapToInt(column -> Wire.scale(column.type())).toArray();
    }

    @Override
    public void add(SplitReader batch) {
        int rows = batch.rows();
        if (hashes.length < rows) {
            hashes = new long[rows];
        }
        Arrays.fill(hashes, 0, rows, 0);
        for (int i = 0; i < wires.length; i++) {
            add(batch.column(i), rows, wires[i], scales[i]);
        }
        for (int row = 0; row < rows; row++) {
            long hash = hashes[row];
            long sum = low + hash;
            high += (hash >> 63) + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
            low = sum;
        }
    }

    private void add(Vector column, int rows, Wire wire, int scale) {
        for (int row = 0; row < rows; row++) {
            long hash = 0;
            if (!column.isNull(row)) {
                if (wire == Wire.TEXT) {
                    hash = Lookup3.hash(column.bytes(), column.start(row), column.length(row));
                } else {
                    hash = Lookup3.hash(scratch, 0, wire.put(column, row, scale, scratch, 0));
                }
            }
            hashes[row] = hashes[row] * 31 + hash;
        }
    }

    @Override
    public BigInteger sum() {
        BigInteger unsigned = BigInteger.valueOf(low >>> 1).shiftLeft(1).or(BigInteger.valueOf(low & 1));
        return BigInteger.valueOf(high).shiftLeft(64).add(unsigned);
    }
}
