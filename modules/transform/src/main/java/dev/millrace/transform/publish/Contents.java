package dev.millrace.transform.publish;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import dev.millrace.contract.Lineage;
import dev.millrace.control.PartitionBook;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What is in each period: how many rows, and their digest. */
public final class Contents {
    private Contents() {}

    public record Content(long rows, String digest) {
        public static final Content NOTHING = new Content(0, ContentDigest.ofNothing());

        public boolean isThatOf(PartitionBook book) {
            return book.rows() == rows && book.content().equals(digest);
        }
    }

    /** By period; a period without rows is absent. */
    public static Map<String, Content> of(Dataset<Row> rows, List<String> columns) {
        List<Column> aggregates = new ArrayList<>(ContentDigest.sums(columns));
        Dataset<Row> grouped = rows.groupBy(col(Lineage.PERIOD)).agg(count(lit(1)), aggregates.toArray(new Column[0]));
        Map<String, Content> contents = new TreeMap<>();
        for (Row row : grouped.collectAsList()) {
            contents.put(row.getString(0), new Content(row.getLong(1), ContentDigest.hex(row, 2)));
        }
        return contents;
    }

    /** The same of few rows: Spark hashes them, where this process holds them as it plans, and nothing has to be started for their sums. */
    public static Map<String, Content> ofFew(Dataset<Row> rows, List<String> columns) {
        List<Column> hashes = new ArrayList<>(List.of(col(Lineage.PERIOD)));
        hashes.addAll(ContentDigest.hashes(columns));
        Map<String, Tally> tallies = new TreeMap<>();
        for (Row row : rows.select(hashes.toArray(new Column[0])).collectAsList()) {
            tallies.computeIfAbsent(row.getString(0), period -> new Tally()).add(row.getLong(1), row.getLong(2));
        }
        Map<String, Content> contents = new TreeMap<>();
        tallies.forEach((period, tally) -> contents.put(period, tally.content()));
        return contents;
    }

    /** Of rows that this process goes through. */
    static final class Tally {
        private long rows;
        private long one;
        private long other;

        /** One more row, with its two hashes. */
        void add(long hash, long otherHash) {
            rows++;
            one += hash;
            other += otherHash;
        }

        Content content() {
            return new Content(rows, ContentDigest.hex(one, other));
        }
    }
}
