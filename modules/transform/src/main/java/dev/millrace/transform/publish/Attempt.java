package dev.millrace.transform.publish;

import static org.apache.spark.sql.functions.col;

import dev.millrace.contract.Lineage;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.MadeOf;
import dev.millrace.control.PartitionBook;
import dev.millrace.control.PartitionBook.Layer;
import dev.millrace.control.Partitions;
import dev.millrace.control.TableLock;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.job.Milestone;
import dev.millrace.transform.session.LakeSession;
import dev.millrace.transform.stale.Stamps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ManageSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to change periods of a table: it writes to a branch of its own, is audited there, and becomes the table's state
 * only while nobody has taken over. It holds the table's lock from begin to end, so that a branch of a smaller fence belongs
 * to an attempt that is dead, or that will be refused.
 *
 * <p>Safe to repeat at any point: until it is published, readers see nothing of it; from the announcement on, its periods
 * count as stale until the record that they were published.
 */
public final class Attempt implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);
    private static final int MOST_OPEN_FILES = 64;
    private static final String BRANCH = "attempt_";
    private static final String RUN_ID = "millrace.run-id";
    private static final String FENCE = "millrace.fence";

    private final LakeSession session;
    private final ControlDatabase control;
    private final Layer layer;
    private final String name;
    private final TableShape shape;
    private final String runId;
    private final TableLock lock;
    private final String branch;
    private @Nullable Table table;
    private @Nullable Snapshot mainAtStart;
    private boolean written;

    private Attempt(
            LakeSession session,
            ControlDatabase control,
            Layer layer,
            String name,
            TableShape shape,
            String runId,
            TableLock lock) {
        this.session = session;
        this.control = control;
        this.layer = layer;
        this.name = name;
        this.shape = shape;
        this.runId = runId;
        this.lock = lock;
        this.branch = BRANCH + lock.fence();
    }

    /** Waits for the table's lock, but not longer than told. */
    public static Attempt begin(
            LakeSession session,
            ControlDatabase control,
            Layer layer,
            dev.millrace.contract.Table table,
            String runId,
            Duration patience) {
        TableLock lock = TableLock.take(control, layer.namespace() + "." + table.name(), patience);
        return new Attempt(session, control, layer, table.name(), new TableShape(table, layer), runId, lock);
    }

    public TableShape shape() {
        return shape;
    }

    /** Replaces the periods by these rows, on the branch. Periods without rows are emptied. */
    public void overwrite(Dataset<Row> rows, Collection<String> periods) {
        Table prepared = prepared();
        if (!written) {
            createBranch(prepared);
        }
        // A task keeps a file open for each period that it meets; where these may be many, it meets them one by one.
        boolean sorted = periods.size() > MOST_OPEN_FILES;
        Dataset<Row> ordered = sorted ? rows.sortWithinPartitions(col(Lineage.PERIOD)) : rows;
        try {
            ordered.writeTo(branchName())
                    .option("snapshot-property." + RUN_ID, runId)
                    .option("snapshot-property." + FENCE, Long.toString(lock.fence()))
                    .option("fanout-enabled", Boolean.toString(!sorted))
                    .option("distribution-mode", "none")
                    .overwrite(col(Lineage.PERIOD).isin(periods.toArray()));
        } catch (NoSuchTableException e) {
            throw new JobException(
                    ExitCode.TEMPORARY, "Table " + qualified() + " was dropped while it was written. Try again.", e);
        }
    }

    /** Empties periods on the branch; does nothing where they have no files. */
    public void empty(Collection<String> periods) {
        if (!periods.isEmpty() && hasFiles(periods)) {
            overwrite(
                    session.spark()
                            .table(LakeSession.name(layer.namespace(), name))
                            .limit(0),
                    periods);
        }
    }

    /** What the periods hold on the branch. */
    public Dataset<Row> written(Collection<String> periods) {
        return session.spark().table(branchName()).where(col(Lineage.PERIOD).isin(periods.toArray()));
    }

    /** Makes the branch the table's state, where one was written, and records the periods. */
    public void publish(Published published, Clock clock) {
        Partitions partitions = new Partitions(control);
        passed("written");
        if (written) {
            announce(partitions, published.rewritten(), clock);
        }
        control.transact(transaction -> {
            // Whoever comes next waits at the fence until this transaction ends.
            lock.confirm(transaction);
            if (written) {
                fastForward();
            }
            passed("published");
            partitions.record(transaction, name, published.rewritten(), clock.instant());
            partitions.record(transaction, name, published.restamped(), clock.instant());
        });
        passed("books");
        LOG.info(
                "{}: {} periods rewritten, {} found unchanged",
                qualified(),
                published.rewritten().size(),
                published.restamped().size());
    }

    private void passed(String step) {
        Milestone.passed("transform." + layer.namespace() + "." + step);
    }

    /** From here until the record, nobody knows what the lake holds: a crash in between must leave the periods stale. */
    private void announce(Partitions partitions, Collection<PartitionBook> rewritten, Clock clock) {
        SortedMap<String, PartitionBook> before = partitions.of(name);
        MadeOf publishing = Stamps.publishing(lock.fence());
        List<PartitionBook> announced = new TreeMap<>(rewritten.stream()
                        .collect(java.util.stream.Collectors.toMap(PartitionBook::period, book -> {
                            PartitionBook known = before.get(book.period());
                            return known == null
                                    ? new PartitionBook(
                                            book.period(),
                                            layer,
                                            publishing,
                                            ContentDigest.ofNothing(),
                                            0,
                                            0,
                                            ContentDigest.ofNothing(),
                                            runId)
                                    : new PartitionBook(
                                            known.period(),
                                            layer,
                                            publishing,
                                            known.content(),
                                            known.rows(),
                                            known.duplicates(),
                                            known.duplicateContent(),
                                            known.runId());
                        })))
                .values().stream().toList();
        control.transact(transaction -> {
            lock.confirm(transaction);
            partitions.record(transaction, name, announced, clock.instant());
        });
    }

    private void fastForward() {
        Table now = prepared();
        now.refresh();
        Snapshot main = now.currentSnapshot();
        if (!sameSnapshot(main, mainAtStart)) {
            throw new JobException(
                    ExitCode.TEMPORARY,
                    "Table " + qualified() + " was changed by another run while this one was busy: nothing of this one"
                            + " is published. Try again.");
        }
        now.manageSnapshots()
                .fastForwardBranch(SnapshotRef.MAIN_BRANCH, branch)
                .removeBranch(branch)
                .commit();
    }

    private Table prepared() {
        Table known = table;
        if (known == null) {
            known = shape.ensure(session);
            dropOrphans(known);
            mainAtStart = known.currentSnapshot();
            table = known;
        }
        return known;
    }

    private void dropOrphans(Table known) {
        ManageSnapshots drop = known.manageSnapshots();
        boolean found = false;
        for (String ref : known.refs().keySet()) {
            if (ref.startsWith(BRANCH) && Long.parseLong(ref.substring(BRANCH.length())) < lock.fence()) {
                LOG.info("dropping branch {} of an attempt that did not finish", ref);
                drop.removeBranch(ref);
                found = true;
            }
        }
        if (found) {
            drop.commit();
        }
    }

    private void createBranch(Table prepared) {
        Snapshot main = prepared.currentSnapshot();
        if (main == null) {
            // A branch needs a snapshot to begin with.
            prepared.newFastAppend()
                    .set(RUN_ID, runId)
                    .set(FENCE, Long.toString(lock.fence()))
                    .toBranch(branch)
                    .commit();
        } else {
            prepared.manageSnapshots().createBranch(branch, main.snapshotId()).commit();
        }
        written = true;
    }

    private boolean hasFiles(Collection<String> periods) {
        Table prepared = prepared();
        if (written) {
            return true;
        }
        try (CloseableIterable<FileScanTask> files = prepared.newScan()
                .filter(Expressions.in(Lineage.PERIOD, periods.toArray()))
                .planFiles()) {
            return files.iterator().hasNext();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean sameSnapshot(@Nullable Snapshot one, @Nullable Snapshot other) {
        return one == null || other == null ? one == other : one.snapshotId() == other.snapshotId();
    }

    private String branchName() {
        return LakeSession.name(layer.namespace(), name) + ".branch_" + branch;
    }

    private String qualified() {
        return layer.namespace() + "." + name;
    }

    @Override
    public void close() {
        lock.close();
    }
}
