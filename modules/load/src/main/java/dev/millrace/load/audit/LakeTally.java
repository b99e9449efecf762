package dev.millrace.load.audit;

import dev.millrace.job.Awaited;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.lake.read.PinnedTable;
import dev.millrace.lake.read.PinnedTable.Wanted;
import dev.millrace.lake.read.Split;
import dev.millrace.lake.read.SplitReader;
import dev.millrace.load.warehouse.ChecksumKind;
import dev.millrace.load.warehouse.RowChecksum;
import dev.millrace.load.warehouse.Tally;
import dev.millrace.load.warehouse.Warehouse;
import dev.millrace.load.warehouse.WarehouseTable;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Counts and digests the lake's rows by reading every value of them, on the cores there are. */
final class LakeTally {
    private final Warehouse warehouse;
    private final WarehouseTable table;
    private final ChecksumKind kind;
    private final List<Wanted> wanted;

    LakeTally(Warehouse warehouse, WarehouseTable table, ChecksumKind kind) {
        this.warehouse = warehouse;
        this.table = table;
        this.kind = kind;
        this.wanted = table.stored().stream()
                .map(column -> new Wanted(column.name(), column.type()))
                .toList();
    }

    SortedMap<String, Tally> of(PinnedTable lake, List<Split> splits, int threads) {
        SortedMap<String, Tally> tallies = new TreeMap<>();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Tally>> parts = new ArrayList<>();
            for (Split split : splits) {
                parts.add(pool.submit(() -> of(lake, split)));
            }
            for (int i = 0; i < parts.size(); i++) {
                tallies.merge(splits.get(i).partition(), Awaited.result(parts.get(i)), Tally::plus);
            }
            return tallies;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ExitCode.TEMPORARY, "Interrupted while auditing table " + table.name() + ".", e);
        } finally {
            pool.shutdownNow();
        }
    }

    private Tally of(PinnedTable lake, Split split) {
        RowChecksum checksum = warehouse.checksum(table, kind);
        long rows = 0;
        try (SplitReader batches = lake.open(split, wanted)) {
            while (batches.next()) {
                checksum.add(batches);
                rows += batches.rows();
            }
        }
        return new Tally(rows, checksum.sum());
    }
}
