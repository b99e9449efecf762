package dev.millrace.transform.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.Lineage;
import dev.millrace.transform.Landing;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** What duplicates are, BaseTest has; here, that few rows and many are treated alike. */
final class DuplicatesTest {
    private static final long FEW = 1;
    private static final long MANY = 1_000_000_000;
    private static final List<String> KEY = List.of("id", "part");
    private static final int WINDOW_HOURS = 2;
    private static final Set<String> PERIODS = Set.of("2026-01-05", "2026-01-06");
    private static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.StringType)
            .add("part", DataTypes.IntegerType)
            .add(Lineage.HOUR, DataTypes.StringType)
            .add(Lineage.OBJECT, DataTypes.StringType)
            .add(Lineage.RECORD, DataTypes.LongType)
            .add(Lineage.PERIOD, DataTypes.StringType);

    @Test
    void manyRowsHaveTheDuplicatesThatFewHave() {
        Dataset<Row> rows = rows(new Random(7));
        try (Duplicates few = Duplicates.find(rows, FEW, KEY, WINDOW_HOURS, PERIODS);
                Duplicates many = Duplicates.find(rows, MANY, KEY, WINDOW_HOURS, PERIODS)) {
            for (String period : PERIODS) {
                assertThat(many.of(period)).isEqualTo(few.of(period));
                assertThat(few.of(period).rows()).isPositive();
            }
            assertThat(few.of("2026-01-07").rows()).isZero();
            TreeSet<String> kept = kept(few, rows);
            assertThat(kept(many, rows)).isEqualTo(kept);
            long removed =
                    PERIODS.stream().mapToLong(period -> few.of(period).rows()).sum();
            assertThat(kept).hasSize((int) (rows.count() - removed));
        }
    }

    @Test
    void withoutDuplicatesEveryRowIsKept() {
        Dataset<Row> rows = session().createDataFrame(List.of(row("a", 0, 1), row("b", 0, 2)), SCHEMA);
        for (long count : List.of(FEW, MANY)) {
            try (Duplicates none = Duplicates.find(rows, count, KEY, WINDOW_HOURS, PERIODS)) {
                assertThat(none.of("2026-01-05").rows()).isZero();
                assertThat(none.removedFrom(rows).count()).isEqualTo(2);
            }
        }
    }

    private static TreeSet<String> kept(Duplicates duplicates, Dataset<Row> rows) {
        TreeSet<String> places = new TreeSet<>();
        duplicates
                .removedFrom(rows)
                .collectAsList()
                .forEach(row -> places.add(row.<String>getAs(Lineage.OBJECT) + "#" + row.<Long>getAs(Lineage.RECORD)));
        return places;
    }

    private static Dataset<Row> rows(Random random) {
        List<Row> rows = new ArrayList<>();
        for (long record = 0; record < 400; record++) {
            rows.add(row("id" + random.nextInt(60), random.nextInt(24), record));
        }
        return session().createDataFrame(rows, SCHEMA);
    }

    private static Row row(String id, int hour, long record) {
        String period = "2026-01-0" + (5 + record % 3);
        return RowFactory.create(
                id,
                record % 2 == 0 ? 1 : null,
                String.format("2026-01-05T%02d", hour),
                "object-" + record % 5,
                record,
                period);
    }

    private static SparkSession session() {
        return Landing.SESSION.spark();
    }
}
