package dev.millrace.transform.base;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import dev.millrace.contract.Lineage;
import dev.millrace.transform.publish.Contents.Content;
import dev.millrace.transform.publish.Evaluated;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;

/**
 * The duplicates among the rows of some periods. Few rows are put in order as they are. Of many, most have a key of their own: a first
 * pass over hashes of keys alone finds the few that may not, and only these are put in order.
 */
final class Duplicates implements AutoCloseable {
    /** Up to so many rows, a second pass costs more than putting all in order. */
    private static final long FEW = 200_000;

    /** Above so many rows, a copy on every executor costs more than a shuffle. */
    private static final long MOST_TO_BROADCAST = 2_000_000;

    private static final String HASH = "_hash";
    private static final String EPOCH_HOUR = "_epoch_hour";
    private static final String EARLIER = "_earlier";

    private final Optional<Evaluated> duplicates;
    private final Map<String, Content> byPeriod;

    private Duplicates(Optional<Evaluated> duplicates, Map<String, Content> byPeriod) {
        this.duplicates = duplicates;
        this.byPeriod = byPeriod;
    }

    static Duplicates none() {
        return new Duplicates(Optional.empty(), Map.of());
    }

    /**
     * @param rows those of all hours in which a copy may be
     * @param count about how many that are
     * @param periods where duplicates are wanted
     */
    static Duplicates find(
            Dataset<Row> rows, long count, List<String> key, int windowHours, Collection<String> periods) {
        if (count <= FEW) {
            return of(Evaluated.few(later(rows, key, windowHours, periods)));
        }
        Column[] columns = columns(key.stream());
        Dataset<Row> shared = rows.select(xxhash64(columns).as(HASH))
                .groupBy(HASH)
                .agg(count(lit(1)).as("copies"))
                .where(col("copies").gt(1))
                .select(HASH)
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            long hashes = shared.count();
            if (hashes == 0) {
                return none();
            }
            Dataset<Row> candidates = rows.withColumn(HASH, xxhash64(columns))
                    .join(small(shared, hashes), new String[] {HASH}, "left_semi");
            return of(Evaluated.many(later(candidates, key, windowHours, periods)));
        } finally {
            shared.unpersist(false);
        }
    }

    private static Duplicates of(Evaluated places) {
        return new Duplicates(Optional.of(places), places.contents(List.of(Lineage.OBJECT, Lineage.RECORD)));
    }

    /** Where the rows are that have an earlier one with their key within the window. */
    private static Dataset<Row> later(
            Dataset<Row> rows, List<String> key, int windowHours, Collection<String> periods) {
        Column earlier = lag(col(EPOCH_HOUR), 1)
                .over(Window.partitionBy(columns(key.stream())).orderBy(Lineage.HOUR, Lineage.OBJECT, Lineage.RECORD));
        return rows.select(columns(Stream.concat(
                                key.stream(), Stream.of(Lineage.HOUR, Lineage.OBJECT, Lineage.RECORD, Lineage.PERIOD))
                        .distinct()))
                .withColumn(
                        EPOCH_HOUR,
                        expr("unix_seconds(cast(concat(" + Lineage.HOUR + ", ':00:00Z') as timestamp)) div 3600"))
                .withColumn(EARLIER, earlier)
                .where(col(EPOCH_HOUR).minus(col(EARLIER)).leq(windowHours))
                .where(col(Lineage.PERIOD).isin(periods.toArray()))
                .select(Lineage.PERIOD, Lineage.OBJECT, Lineage.RECORD);
    }

    private static Column[] columns(Stream<String> names) {
        return names.map(name -> col(name)).toArray(Column[]::new);
    }

    /** How many each period has, and the digest of where they are. */
    Content of(String period) {
        return byPeriod.getOrDefault(period, Content.NOTHING);
    }

    Dataset<Row> removedFrom(Dataset<Row> rows) {
        long all = byPeriod.values().stream().mapToLong(Content::rows).sum();
        if (duplicates.isEmpty() || all == 0) {
            return rows;
        }
        Dataset<Row> places = small(duplicates.get().rows().select(Lineage.OBJECT, Lineage.RECORD), all);
        return rows.join(places, new String[] {Lineage.OBJECT, Lineage.RECORD}, "left_anti");
    }

    private static Dataset<Row> small(Dataset<Row> rows, long count) {
        return count <= MOST_TO_BROADCAST ? broadcast(rows) : rows;
    }

    @Override
    public void close() {
        duplicates.ifPresent(Evaluated::close);
    }
}
