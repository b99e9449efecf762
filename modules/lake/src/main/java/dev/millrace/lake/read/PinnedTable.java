package dev.millrace.lake.read;

import dev.millrace.contract.FieldType;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** A table of the lake at one snapshot: what is committed later is not seen, however long the reading takes. */
public final class PinnedTable {
    private final Table table;
    private final @Nullable Snapshot snapshot;

    private PinnedTable(Table table, @Nullable Snapshot snapshot) {
        this.table = table;
        this.snapshot = snapshot;
    }

    /** The table as it is now. */
    public static PinnedTable of(Table table) {
        return new PinnedTable(table, table.currentSnapshot());
    }

    /** Absent while nothing was ever committed. */
    public OptionalLong snapshotId() {
        return snapshot == null ? OptionalLong.empty() : OptionalLong.of(snapshot.snapshotId());
    }

    /** All that the given partitions hold, by file and row group. */
    public List<Split> splits(Collection<String> partitions) {
        return scan(Expressions.in(partitionColumn(), partitions.toArray()));
    }

    /** All that the table holds. */
    public List<Split> splits() {
        return scan(Expressions.alwaysTrue());
    }

    private List<Split> scan(Expression filter) {
        if (snapshot == null) {
            return List.of();
        }
        TableScan scan = table.newScan().useSnapshot(snapshot.snapshotId()).filter(filter);
        List<Split> splits = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
            for (FileScanTask task : tasks) {
                if (!task.deletes().isEmpty()) {
                    throw new JobException(
                            ExitCode.USAGE,
                            "Table " + table.name() + " of the lake has delete files, which Millrace never writes:"
                                    + " rewrite its data files, then run again.");
                }
                addSplits(task.file(), task.partition().get(0, String.class), splits);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return splits;
    }

    private void addSplits(DataFile file, String partition, List<Split> splits) {
        org.apache.iceberg.io.InputFile input = table.io().newInputFile(file);
        List<Long> offsets = file.splitOffsets();
        if (offsets == null || offsets.isEmpty()) {
            splits.add(new Split(partition, input, 0, file.fileSizeInBytes(), file.recordCount()));
            return;
        }
        for (int group = 0; group < offsets.size(); group++) {
            long end = group + 1 < offsets.size() ? offsets.get(group + 1) : file.fileSizeInBytes();
            splits.add(new Split(partition, input, offsets.get(group), end, file.recordCount()));
        }
    }

    /** Opens a split. The columns come in the order asked for. */
    public SplitReader open(Split split, List<Wanted> columns) {
        // Not the snapshot's own: a column that came after it is there, and null.
        Schema schema = table.schema();
        List<SplitReader.Resolved> resolved = new ArrayList<>();
        for (Wanted column : columns) {
            Types.NestedField field = schema.findField(column.name());
            if (field == null) {
                throw new JobException(
                        ExitCode.USAGE,
                        "Table " + table.name() + " of the lake has no column " + column.name()
                                + ": run transform with the present contract first.");
            }
            if (!fits(column.type(), field.type())) {
                throw new JobException(
                        ExitCode.USAGE,
                        "Column " + column.name() + " of table " + table.name() + " is " + field.type()
                                + " in the lake and " + column.type().sql()
                                + " in the contract: run transform with the present contract first.");
            }
            resolved.add(new SplitReader.Resolved(field.fieldId(), column.type() instanceof FieldType.Text));
        }
        return SplitReader.open(split, resolved);
    }

    /** A column to read, and what the contract says it holds. */
    public record Wanted(String name, FieldType type) {}

    private String partitionColumn() {
        PartitionSpec spec = table.spec();
        return table.schema().findColumnName(spec.fields().get(0).sourceId());
    }

    private static boolean fits(FieldType wanted, Type stored) {
        if (wanted instanceof FieldType.Text) {
            return stored.typeId() == Type.TypeID.STRING;
        } else if (wanted instanceof FieldType.Bool) {
            return stored.typeId() == Type.TypeID.BOOLEAN;
        } else if (wanted instanceof FieldType.Int32) {
            return stored.typeId() == Type.TypeID.INTEGER;
        } else if (wanted instanceof FieldType.Int64) {
            return stored.typeId() == Type.TypeID.LONG || stored.typeId() == Type.TypeID.INTEGER;
        } else if (wanted instanceof FieldType.Decimal decimal) {
            return stored instanceof Types.DecimalType type
                    && type.scale() == decimal.scale()
                    && type.precision() <= FieldType.Decimal.MAX_PRECISION;
        } else if (wanted instanceof FieldType.Float64) {
            return stored.typeId() == Type.TypeID.DOUBLE;
        } else if (wanted instanceof FieldType.Date) {
            return stored.typeId() == Type.TypeID.DATE;
        } else {
            return stored.typeId() == Type.TypeID.TIMESTAMP;
        }
    }
}
