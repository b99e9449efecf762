package dev.millrace.transform.publish;

import dev.millrace.transform.publish.Contents.Content;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Rows that are asked for more than once, and made once: this process holds few of them itself, and Spark keeps many. */
public final class Evaluated implements AutoCloseable {
    /** So many rows cost Spark more to plan for than to go through, and this process little to hold. */
    public static final int FEW = 50_000;

    private final Dataset<Row> rows;
    private final boolean held;

    private Evaluated(Dataset<Row> rows, boolean held) {
        this.rows = rows;
        this.held = held;
    }

    /** Rows of which there are no more than this process has room for. */
    public static Evaluated few(Dataset<Row> rows) {
        return held(rows, rows.collectAsList());
    }

    /** Rows that are few as far as one can tell. */
    public static Evaluated upTo(int most, Dataset<Row> rows) {
        List<Row> taken = rows.limit(most + 1).collectAsList();
        return taken.size() > most ? many(rows) : held(rows, taken);
    }

    public static Evaluated many(Dataset<Row> rows) {
        return new Evaluated(rows.persist(StorageLevel.MEMORY_AND_DISK()), false);
    }

    /** A table of its own: what Spark keeps of a query, it compiles code to read. */
    private static Evaluated held(Dataset<Row> made, List<Row> rows) {
        return new Evaluated(made.sparkSession().createDataFrame(rows, made.schema()), true);
    }

    public Dataset<Row> rows() {
        return rows;
    }

    public Map<String, Content> contents(List<String> columns) {
        return held ? Contents.ofFew(rows, columns) : Contents.of(rows, columns);
    }

    @Override
    public void close() {
        if (!held) {
            rows.unpersist(false);
        }
    }
}
