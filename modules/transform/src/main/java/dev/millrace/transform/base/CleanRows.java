package dev.millrace.transform.base;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.millrace.contract.LandingHour;
import dev.millrace.contract.Lineage;
import dev.millrace.transform.session.LakeSession;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** The clean table as it is at one snapshot. */
final class CleanRows {
    private static final String NAMESPACE = "clean";
    private static final long FILE_OPEN_COST = 256 * 1024;

    private final LakeSession session;
    private final String name;
    private final Snapshot snapshot;
    private final StructType schema;

    private CleanRows(LakeSession session, String name, Snapshot snapshot, StructType schema) {
        this.session = session;
        this.name = name;
        this.snapshot = snapshot;
        this.schema = schema;
    }

    /** To be pinned after the edges were read: then it is never older than what they say. */
    static CleanRows pin(LakeSession session, String table) {
        Table clean = session.find(NAMESPACE, table)
                .orElseThrow(() -> new IllegalStateException(
                        "the control database has edges of table " + table + ", but the lake has no clean." + table));
        Snapshot snapshot = clean.currentSnapshot();
        if (snapshot == null) {
            throw new IllegalStateException(
                    "the control database has edges of table " + table + ", but clean." + table + " has no snapshot");
        }
        return new CleanRows(
                session,
                LakeSession.name(NAMESPACE, table),
                snapshot,
                SparkSchemaUtil.convert(clean.schemas().get(snapshot.schemaId())));
    }

    /** Only files of these hours are read. */
    Dataset<Row> of(Collection<LandingHour> hours) {
        return session.spark()
                .read()
                // Hours are small files: counted as dear to open, they would make many small tasks and so small files.
                .option("file-open-cost", FILE_OPEN_COST)
                .option("versionAsOf", Long.toString(snapshot.snapshotId()))
                .table(name)
                .where(col(Lineage.HOUR)
                        .isin(hours.stream().map(LandingHour::toString).toArray()));
    }

    /** The columns wanted, in order; one that the clean table does not have yet is null. */
    Dataset<Row> of(Collection<LandingHour> hours, StructType wanted) {
        Dataset<Row> rows = of(hours);
        List<Column> columns = new ArrayList<>();
        for (org.apache.spark.sql.types.StructField field : wanted.fields()) {
            boolean there = schema.getFieldIndex(field.name()).isDefined();
            columns.add((there ? col(field.name()) : lit(null))
                    .cast(field.dataType())
                    .as(field.name()));
        }
        return rows.select(columns.toArray(new Column[0]));
    }
}
