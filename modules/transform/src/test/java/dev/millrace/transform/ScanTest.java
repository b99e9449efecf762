package dev.millrace.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.ModelTable;
import dev.millrace.contract.Period;
import java.lang.reflect.Method;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.apache.iceberg.ContentScanTask;
import org.apache.iceberg.ScanTaskGroup;
import org.apache.spark.sql.catalyst.plans.QueryPlan;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.execution.CommandResultExec;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.adaptive.AdaptiveSparkPlanExec;
import org.apache.spark.sql.execution.adaptive.QueryStageExec;
import org.apache.spark.sql.execution.columnar.InMemoryTableScanExec;
import org.apache.spark.sql.execution.datasources.v2.BatchScanExec;
import org.apache.spark.sql.util.QueryExecutionListener;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

final class ScanTest {
    private static final String NAME = "scanned";
    private static final ModelTable BY_ID = new ModelTable(
            "scanned_by_id",
            "",
            List.of(
                    new Column("id", new FieldType.Text(OptionalInt.empty()), false, ""),
                    new Column("total", new FieldType.Int64(), false, "")),
            Period.DAY,
            List.of("id"),
            List.of(new ModelTable.Input(NAME, new ModelTable.Reach.Same())),
            "select id, sum(value) as total from " + NAME + " group by id");

    @Test
    void listsOnlyWhatALateObjectAffects() throws Exception {
        Landing landing = Landing.keyed(NAME, 1).with(BY_ID);
        landing.hour("2026-01-05T00", "a/1@2026-01-03 b/1@2026-01-04 c/1@2026-01-05");
        landing.hour("2026-01-05T08", "d/1@2026-01-05");
        landing.hour("2026-01-05T20", "f/1@2026-01-06");
        assertThat(scannedIn(landing))
                .as("the first run builds everything, and so it must be seen to list everything")
                .contains(
                        "clean/scanned/data/_hour=2026-01-05T00",
                        "clean/scanned/data/_hour=2026-01-05T08",
                        "clean/scanned/data/_hour=2026-01-05T20",
                        "base/scanned/data/_period=2026-01-03",
                        "base/scanned/data/_period=2026-01-06",
                        "model/scanned_by_id/data/_period=2026-01-06");

        landing.hour("2026-01-05T04", "e/1@2026-01-04");
        assertThat(landing.plan().periods())
                .extracting(TransformResult.Period::period)
                .containsOnly("2026-01-04");

        // The hours that feed that day, that day's base rows, and its own rows that are audited before they are
        // published.
        assertThat(scannedIn(landing))
                .containsExactlyInAnyOrder(
                        "clean/scanned/data/_hour=2026-01-05T00",
                        "clean/scanned/data/_hour=2026-01-05T04",
                        "base/scanned/data/_period=2026-01-04",
                        "model/scanned_by_id/data/_period=2026-01-04");
        assertThat(landing.base()).isEqualTo(landing.expected());
    }

    /** The partitions whose files Spark was given to read in one run. */
    private static Set<String> scannedIn(Landing landing) throws Exception {
        Scans scans = new Scans();
        Landing.SESSION.spark().listenerManager().register(scans);
        try {
            landing.run();
            Landing.SESSION.spark().sparkContext().listenerBus().waitUntilEmpty();
        } finally {
            Landing.SESSION.spark().listenerManager().unregister(scans);
        }
        return scans.partitions;
    }

    private static final class Scans implements QueryExecutionListener {
        private final Set<String> partitions = new ConcurrentSkipListSet<>();

        @Override
        public void onSuccess(String function, QueryExecution execution, long nanoseconds) {
            follow(execution.executedPlan());
        }

        @Override
        public void onFailure(String function, QueryExecution execution, Exception failure) {
            follow(execution.executedPlan());
        }

        private void follow(QueryPlan<?> plan) {
            if (plan instanceof BatchScanExec scan) {
                CollectionConverters.asJava(scan.inputPartitions()).forEach(this::note);
            }
            if (plan instanceof AdaptiveSparkPlanExec adaptive) {
                follow(adaptive.executedPlan());
            }
            if (plan instanceof QueryStageExec stage) {
                follow(stage.plan());
            }
            if (plan instanceof CommandResultExec command) {
                follow(command.commandPhysicalPlan());
            }
            if (plan instanceof InMemoryTableScanExec cached) {
                follow(cached.relation().cachedPlan());
            }
            CollectionConverters.asJava(plan.children()).forEach(child -> follow((QueryPlan<?>) child));
            CollectionConverters.asJava(plan.subqueries()).forEach(child -> follow((QueryPlan<?>) child));
        }

        /** Iceberg's partitions tell their files, though not to everybody. */
        private void note(InputPartition partition) {
            try {
                Method group = partition.getClass().getMethod("taskGroup");
                group.setAccessible(true);
                for (Object task : ((ScanTaskGroup<?>) group.invoke(partition)).tasks()) {
                    String location = ((ContentScanTask<?>) task).file().location();
                    String[] parts = location.split("/");
                    partitions.add(String.join("/", List.of(parts).subList(parts.length - 5, parts.length - 1)));
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
