package dev.millrace.ingest.decode;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.Table;
import dev.millrace.lake.Row;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Digests of rows: 128 bits of all that a row holds and where it came from, and 64 bits of its key alone. They are the
 * same in every process and release; whoever changes them changes what sums stored before are compared with.
 */
public final class RowDigest {
    private static final Hasher64 BYTES = Hashing.komihash5_0();
    private static final long FIRST_FACTOR = 0x9e3779b97f4a7c15L;
    private static final long SECOND_FACTOR = 0xc2b2ae3d27d4eb4fL;
    private static final long NULL_DIGEST = 0x2545f4914f6cdd1dL;

    private final boolean[] texts;
    private final int[] key;
    private long objectDigest;
    private long high;
    private long low;
    private long keyDigest;

    private RowDigest(List<Column> columns, List<String> keyNames) {
        texts = new boolean[columns.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = columns.get(i).type() instanceof FieldType.Text;
        }
        List<String> names = columns.stream().map(Column::name).toList();
        key = keyNames.stream().mapToInt(names::indexOf).toArray();
    }

    /** Digests of a table's rows; the key is made of the columns of these names, in this order. */
    public static RowDigest of(Table table, List<String> key) {
        return new RowDigest(table.columns(), key);
    }

    /** Says from which object the next rows are. */
    public void object(String name, String etag) {
        long digest = digest(name.getBytes(StandardCharsets.UTF_8)) * FIRST_FACTOR;
        objectDigest = mixed(digest + digest(etag.getBytes(StandardCharsets.UTF_8)));
    }

    /** Takes in a row, whose digests this then tells. */
    public void take(long record, Row row) {
        long first = mixed(objectDigest ^ record * SECOND_FACTOR);
        long second = mixed(objectDigest + record * FIRST_FACTOR);
        for (int column = 0; column < texts.length; column++) {
            long value = value(row, column);
            first = mixed(first * FIRST_FACTOR + value);
            second = Long.rotateLeft(second ^ value, 29) * SECOND_FACTOR + column;
        }
        high = first;
        low = mixed(second);
        keyDigest = NULL_DIGEST;
        for (int column : key) {
            keyDigest = mixed(keyDigest * FIRST_FACTOR + value(row, column));
        }
    }

    /** The upper 64 bits of the row's digest. */
    public long high() {
        return high;
    }

    /** The lower 64 bits of the row's digest. */
    public long low() {
        return low;
    }

    /** The digest of the row's key: equal for equal keys, wherever they landed. */
    public long key() {
        return keyDigest;
    }

    private long value(Row row, int column) {
        if (row.isNull(column)) {
            return NULL_DIGEST;
        }
        return texts[column]
                ? BYTES.hashBytesToLong(row.textBytes(column), row.textStart(column), row.textLength(column))
                : mixed(row.number(column) ^ SECOND_FACTOR);
    }

    private static long digest(byte[] bytes) {
        return BYTES.hashBytesToLong(bytes);
    }

    private static long mixed(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
