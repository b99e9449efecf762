package dev.millrace.transform.publish;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.shiftrightunsigned;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * A digest of rows that does not depend on their order: two 64-bit sums of differently seeded hashes, as 32 hex digits. No
 * rows give zeros.
 */
public final class ContentDigest {
    /** Number of aggregates that {@link #sums} gives. */
    static final int SUMS = 4;

    private static final long LOW = 0xFFFF_FFFFL;
    private static final String NOTHING = "0".repeat(32);

    private ContentDigest() {}

    /** The two hashes of a row. */
    static List<Column> hashes(List<String> columns) {
        List<Column> hashed = new ArrayList<>();
        // The hash skips nulls, so that a null must be told from its neighbour by place.
        Column nulls = lit(0L);
        for (int i = 0; i < columns.size(); i++) {
            nulls = nulls.plus(when(col(quoted(columns.get(i))).isNull(), lit(1L << (i % 62)))
                    .otherwise(lit(0L)));
            if (i % 62 == 61) {
                hashed.add(nulls);
                nulls = lit(0L);
            }
        }
        hashed.add(nulls);
        columns.forEach(column -> hashed.add(col(quoted(column))));
        Column one = xxhash64(hashed.toArray(new Column[0]));
        hashed.add(0, lit(0x9E37_79B9_7F4A_7C15L));
        return List.of(one, xxhash64(hashed.toArray(new Column[0])));
    }

    /** The aggregates from which {@link #hex} makes the digest. */
    static List<Column> sums(List<String> columns) {
        // In halves, as a sum of whole hashes would overflow.
        return hashes(columns).stream()
                .flatMap(hash -> Stream.of(sum(hash.bitwiseAND(lit(LOW))), sum(shiftrightunsigned(hash, 32))))
                .toList();
    }

    /** The digest from the sums that begin at a position of the row. */
    static String hex(Row row, int from) {
        return hex(whole(row, from), whole(row, from + 2));
    }

    /** The digest from the sums of both hashes, as they overflow. */
    static String hex(long one, long other) {
        return String.format("%016x%016x", one, other);
    }

    public static String ofNothing() {
        return NOTHING;
    }

    static String quoted(String column) {
        return "`" + column.replace("`", "``") + "`";
    }

    private static long whole(Row row, int from) {
        long low = row.isNullAt(from) ? 0 : row.getLong(from);
        long high = row.isNullAt(from + 1) ? 0 : row.getLong(from + 1);
        return low + (high << 32);
    }
}
