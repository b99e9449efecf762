package dev.millrace.transform.export;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.unix_date;
import static org.apache.spark.sql.functions.unix_micros;

import dev.millrace.contract.Column;
import dev.millrace.contract.Export;
import dev.millrace.contract.ExportSettings;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.ModelTable;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.PartitionBook.Layer;
import dev.millrace.control.TableLock;
import dev.millrace.job.Milestone;
import dev.millrace.transform.publish.Evaluated;
import dev.millrace.transform.session.LakeSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.PropertyUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a stale export. It holds the model's lock, so that books and rows are of the same moment, and nobody else writes. Safe
 * to repeat at any point: a current file is replaced by the same bytes, and a history is given the file that it was about to get.
 */
public final class ExportBuild {
    private static final Logger LOG = LoggerFactory.getLogger(ExportBuild.class);

    private record Held(long snapshot, List<Row> rows) {}

    private final LakeSession session;
    private final ControlDatabase control;
    private final Exports exports;
    private final Clock clock;
    private @Nullable Held held;

    public ExportBuild(LakeSession session, ControlDatabase control, Exports exports, Clock clock) {
        this.session = session;
        this.control = control;
        this.exports = exports;
        this.clock = clock;
    }

    /** Empty where it is fresh after all. */
    public Optional<Written> run(StaleExport stale, Duration patience) {
        ModelTable model = stale.model();
        Export export = stale.export();
        String qualified = Layer.MODEL.namespace() + "." + model.name();
        try (TableLock lock = TableLock.take(control, qualified, patience)) {
            Optional<Map<String, String>> contents = exports.contents(model);
            if (contents.isEmpty()) {
                return Optional.empty();
            }
            Optional<String> reason = exports.reason(model, export, contents.get());
            if (reason.isEmpty()) {
                return Optional.empty();
            }
            String stamp = ExportSettings.stamp(model, export, contents.get());
            Written written = write(model, export, stamp, reason.get());
            LOG.info(
                    "export of {} under fence {}: {} rows, {} bytes in {} ({})",
                    qualified,
                    lock.fence(),
                    written.rows(),
                    written.bytes(),
                    written.object(),
                    written.reason());
            return Optional.of(written);
        }
    }

    private Written write(ModelTable model, Export export, String stamp, String reason) {
        ExportFolder folder = exports.folder(model, export);
        String object = folder.object(stamp, folder.last(), clock.instant());
        ExportFolder.Last last = new ExportFolder.Last(stamp, object);
        try {
            // It is made whole before a byte of it is sent: what is there is never half of it.
            Path file = Files.createTempFile("export-", "");
            try {
                long rows = rows(model, export, file);
                if (export instanceof Export.History) {
                    // From here on a second attempt writes to the same place.
                    folder.remember(last);
                    Milestone.passed("transform.export.reserved");
                }
                folder.put(object, file);
                Milestone.passed("transform.export.written");
                if (export instanceof Export.Current) {
                    folder.remember(last);
                }
                return new Written(model.name(), folder.path(object), reason, rows, Files.size(file));
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long rows(ModelTable model, Export export, Path file) throws IOException {
        Optional<Table> table = session.find(Layer.MODEL.namespace(), model.name());
        Optional<Snapshot> snapshot = table.flatMap(found -> Optional.ofNullable(found.currentSnapshot()));
        List<Column> columns = model.columns();
        try (RowFile out = export instanceof Export.Current current
                ? new CsvFile(file, columns, current.delimiter())
                : new ParquetFile(file, columns)) {
            long count = 0;
            if (snapshot.isPresent()) {
                Iterator<Row> rows = read(model, snapshot.get());
                while (rows.hasNext()) {
                    out.write(rows.next());
                    count++;
                }
            }
            return count;
        }
    }

    /** Few rows are read once for all exports of the model. */
    private Iterator<Row> read(ModelTable model, Snapshot snapshot) {
        Held known = held;
        if (known != null && known.snapshot() == snapshot.snapshotId()) {
            return known.rows().iterator();
        }
        held = null;
        long count =
                PropertyUtil.propertyAsLong(snapshot.summary(), SnapshotSummary.TOTAL_RECORDS_PROP, Long.MAX_VALUE);
        session.sizeFor(count);
        if (count > Evaluated.FEW) {
            return ordered(model, snapshot).toLocalIterator();
        }
        Held read = new Held(snapshot.snapshotId(), ordered(model, snapshot).collectAsList());
        held = read;
        return read.rows().iterator();
    }

    /** All rows in the order of their grain, times as numbers: how Spark hands these over depends on its settings. */
    private Dataset<Row> ordered(ModelTable model, Snapshot snapshot) {
        org.apache.spark.sql.Column[] order = model.grain().stream()
                .map(name -> col(quoted(name)).asc_nulls_first())
                .toArray(org.apache.spark.sql.Column[]::new);
        org.apache.spark.sql.Column[] columns =
                model.columns().stream().map(ExportBuild::plain).toArray(org.apache.spark.sql.Column[]::new);
        return session.spark()
                .read()
                .option("versionAsOf", Long.toString(snapshot.snapshotId()))
                .table(LakeSession.name(Layer.MODEL.namespace(), model.name()))
                .orderBy(order)
                .select(columns);
    }

    private static org.apache.spark.sql.Column plain(Column column) {
        org.apache.spark.sql.Column value = col(quoted(column.name()));
        if (column.type() instanceof FieldType.Timestamp) {
            return unix_micros(value).as(column.name());
        }
        return column.type() instanceof FieldType.Date ? unix_date(value).as(column.name()) : value;
    }

    private static String quoted(String name) {
        return "`" + name + "`";
    }
}
