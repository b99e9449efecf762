package dev.millrace.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;

/** Facts that the table's metadata tells without reading data. */
final class Scans {
    private Scans() {}

    /** Rows of the files that a filter on hours selects, by hour. */
    static Map<String, Long> rowsByHour(Table table, Expression hours) {
        Map<String, Long> rows = new HashMap<>();
        if (table.currentSnapshot() == null) {
            return rows;
        }
        try (CloseableIterable<FileScanTask> tasks =
                table.newScan().filter(hours).planFiles()) {
            for (FileScanTask task : tasks) {
                String hour = String.valueOf(task.file().partition().get(0, Object.class));
                rows.merge(hour, task.file().recordCount(), Long::sum);
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
