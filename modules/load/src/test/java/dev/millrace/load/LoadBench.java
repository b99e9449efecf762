package dev.millrace.load;

import dev.millrace.lake.read.PinnedTable;
import dev.millrace.lake.read.PinnedTable.Wanted;
import dev.millrace.lake.read.Split;
import dev.millrace.lake.read.SplitReader;
import dev.millrace.load.audit.AuditReport;
import dev.millrace.load.warehouse.ChecksumKind;
import dev.millrace.load.warehouse.RowChecksum;
import dev.millrace.load.warehouse.WarehouseTable;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** By hand: how long a load and an audit of some million rows take. */
public final class LoadBench {
    private LoadBench() {}

    public static void main(String[] args) {
        int rows = Integer.parseInt(args[0]);
        int periods = 4;
        Mill mill = new Mill();
        for (int round = 0; round < 3; round++) {
            Map<String, List<@Nullable Object[]>> all = new TreeMap<>();
            for (int period = 0; period < periods; period++) {
                all.put(
                        "2026-0" + (round + 1) + "-0" + (period + 1),
                        rows(round * rows + period * (rows / periods), rows / periods, ""));
            }
            mill.publish(all);
            all.clear();
            System.gc();
            read(mill, rows);
            time("round " + round + " first load with audit", rows, mill::load);
            String loaded = periods(periods, round);
            mill.sql("create table if not exists copied (like millrace.visits); truncate copied");
            time(
                    "  insert as select, for scale",
                    rows,
                    () -> mill.sql("insert into copied select * from millrace.visits" + " where _period = any ('"
                            + loaded + "')"));
        }
        for (ChecksumKind kind : ChecksumKind.values()) {
            for (int i = 0; i < 2; i++) {
                time("audit " + kind, 3 * rows, () -> {
                    AuditReport report = mill.audit(kind);
                    if (!report.balances()) {
                        throw new IllegalStateException(report.text());
                    }
                });
            }
        }
        String period = "2026-01-01";
        mill.publish(Map.of(period, rows(1, rows / periods, "")));
        time("converge: one row fewer, one more", rows / periods, mill::load);
        mill.publish(Map.of(period, rows(1, rows / periods, "x")));
        time("converge: every row changed", rows / periods, mill::load);
        System.out.println(
                mill.query(
                        "select pg_size_pretty(pg_table_size('millrace.visits')), pg_size_pretty(pg_indexes_size('millrace.visits'))"));
        System.exit(0);
    }

    private static String periods(int periods, int round) {
        List<String> names = new ArrayList<>();
        for (int period = 0; period < periods; period++) {
            names.add("2026-0" + (round + 1) + "-0" + (period + 1));
        }
        return "{" + String.join(",", names) + "}";
    }

    private static void read(Mill mill, int rows) {
        WarehouseTable table = WarehouseTable.of(mill.contract().sources().get(0));
        List<Wanted> wanted = table.stored().stream()
                .map(column -> new Wanted(column.name(), column.type()))
                .toList();
        PinnedTable lake = mill.lake.pin("base", "visits").orElseThrow();
        List<Split> splits = lake.splits();
        time("read alone, one core", rows, () -> {
            for (Split split : splits.subList(splits.size() - 4, splits.size())) {
                try (SplitReader batches = lake.open(split, wanted)) {
                    while (batches.next()) {
                        if (batches.rows() == 0) {
                            throw new IllegalStateException();
                        }
                    }
                }
            }
        });
        time("read and hash, one core", rows, () -> {
            for (Split split : splits.subList(splits.size() - 4, splits.size())) {
                RowChecksum checksum = mill.warehouse.checksum(table, ChecksumKind.FAST);
                try (SplitReader batches = lake.open(split, wanted)) {
                    while (batches.next()) {
                        checksum.add(batches);
                    }
                }
            }
        });
    }

    private static List<@Nullable Object[]> rows(long from, int count, String note) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (long record = from; record < from + count; record++) {
            @Nullable Object[] row = Mill.visit(record, record % 10 == 0 ? null : note + "note " + record % 50_000);
            row[0] = new java.util.UUID(record * 0x9e3779b97f4a7c15L, record * 0xc2b2ae3d27d4eb4fL).toString();
            rows.add(row);
        }
        return rows;
    }

    private static void time(String what, int rows, Runnable work) {
        long start = System.nanoTime();
        long cpu = cpu();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%-36s %6.2f s (%5.2f s of CPU here) %,10.0f rows/s%n",
                what, seconds, (cpu() - cpu) / 1e9, rows / seconds);
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
