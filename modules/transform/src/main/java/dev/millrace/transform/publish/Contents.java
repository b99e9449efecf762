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

    /** The same of rows that this process holds: Spark hashes them as it plans, and nothing has to be started for their sums. */
    static Map<String, Content> ofHeld(Dataset<Row> rows, List<String> columns) {
        List<Column> hashes = new ArrayList<>(List.of(col(Lineage.PERIOD)));
        hashes.addAll(ContentDigest.hashes(columns));
        Map<String, long[]> sums = new TreeMap<>();
        for (Row row : rows.select(hashes.toArray(new Column[0])).collectAsList()) {
            long[] sum = sums.computeIfAbsent(row.getString(0), period -> new long[3]);
            sum[0]++;
            sum[1] += row.getLong(1);
            sum[2] += row.getLong(2);
        }
        Map<String, Content> contents = new TreeMap<>();
        sums.forEach((period, sum) -> contents.put(period, new Content(sum[0], ContentDigest.hex(sum[1], sum[2]))));
        return contents;
    }
}
