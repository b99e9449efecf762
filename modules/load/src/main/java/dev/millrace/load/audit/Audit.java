package dev.millrace.load.audit;

import dev.millrace.contract.Contract;
import dev.millrace.contract.SourceTable;
import dev.millrace.contract.Table;
import dev.millrace.control.Books;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.PartitionBook;
import dev.millrace.control.Partitions;
import dev.millrace.lake.read.LakeTables;
import dev.millrace.lake.read.PinnedTable;
import dev.millrace.lake.read.Split;
import dev.millrace.load.warehouse.ChecksumKind;
import dev.millrace.load.warehouse.LedgerEntry;
import dev.millrace.load.warehouse.Tally;
import dev.millrace.load.warehouse.Warehouse;
import dev.millrace.load.warehouse.WarehouseTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Whether lake, warehouse and books say the same. Rows are counted and digested anew on both sides. What changes while it is
 * looked at proves nothing and is left to the next audit.
 */
public final class Audit {
    private final Contract contract;
    private final ControlDatabase control;
    private final Warehouse warehouse;
    private final LakeTables lake;
    private final ChecksumKind kind;
    private final int threads;

    public Audit(
            Contract contract,
            ControlDatabase control,
            Warehouse warehouse,
            LakeTables lake,
            ChecksumKind kind,
            int threads) {
        this.contract = contract;
        this.control = control;
        this.warehouse = warehouse;
        this.lake = lake;
        this.kind = kind;
        this.threads = threads;
    }

    /** Some periods of some tables, and the landing hours that feed them. */
    public AuditReport of(Map<String, Set<String>> periodsByTable) {
        AuditReport report = AuditReport.NOTHING;
        for (Map.Entry<String, Set<String>> entry : periodsByTable.entrySet()) {
            Table table = contract.table(entry.getKey()).orElseThrow();
            report = report.plus(of(table, Optional.of(entry.getValue())));
        }
        return report;
    }

    /** Every period and every landing hour of every table. */
    public AuditReport ofAll() {
        AuditReport report = AuditReport.NOTHING;
        for (SourceTable source : contract.sources()) {
            report = report.plus(of(source, Optional.empty()));
        }
        for (Table model : contract.models()) {
            report = report.plus(of(model, Optional.empty()));
        }
        return report;
    }

    private AuditReport of(Table table, Optional<Set<String>> periods) {
        AuditReport report = warehouseAgainstLake(WarehouseTable.of(table), periods);
        return table instanceof SourceTable
                ? report.plus(
                        new BooksAudit(table.name(), new Books(control), new Partitions(control), lake).of(periods))
                : report;
    }

    private AuditReport warehouseAgainstLake(WarehouseTable table, Optional<Set<String>> only) {
        Sides before = sides(table.name());
        Optional<PinnedTable> pinned = lake.pin(table.layer().namespace(), table.name());
        Collection<String> periods = only.isPresent() ? only.get() : List.<String>of();
        List<Split> splits = pinned.isEmpty()
                ? List.of()
                : only.isPresent() ? pinned.get().splits(periods) : pinned.get().splits();
        CompletableFuture<SortedMap<String, Tally>> warehouseSide =
                CompletableFuture.supplyAsync(() -> warehouse.tally(table, periods, kind));
        SortedMap<String, Tally> lakeSide = pinned.isEmpty()
                ? new TreeMap<>()
                : new LakeTally(warehouse, table, kind).of(pinned.get(), splits, threads);
        SortedMap<String, Tally> held = joined(warehouseSide);

        Set<String> looked = new TreeSet<>(only.orElseGet(before::periods));
        looked.addAll(held.keySet());
        List<Finding> findings = new ArrayList<>();
        int stale = 0;
        long rows = 0;
        for (String period : looked) {
            Tally inLake = lakeSide.getOrDefault(period, Tally.NOTHING);
            Tally inWarehouse = held.getOrDefault(period, Tally.NOTHING);
            rows += inLake.rows();
            if (before.isStale(period)) {
                stale++;
            } else {
                compare(table.name(), period, inLake, inWarehouse, findings);
            }
            PartitionBook book = before.books().get(period);
            if (book != null && book.rows() != inLake.rows()) {
                findings.add(new Finding(
                        table.name(),
                        period,
                        "rows",
                        "the control database",
                        "" + book.rows(),
                        "the lake",
                        "" + inLake.rows()));
            }
        }
        if (!findings.isEmpty()) {
            Sides after = sides(table.name());
            findings.removeIf(finding -> !before.same(after, finding.period()));
        }
        return new AuditReport(looked.size(), 0, stale, rows, findings);
    }

    private static void compare(String table, String period, Tally lake, Tally warehouse, List<Finding> findings) {
        if (lake.rows() != warehouse.rows()) {
            findings.add(new Finding(
                    table, period, "rows", "the lake", "" + lake.rows(), "the warehouse", "" + warehouse.rows()));
        } else if (!lake.checksum().equals(warehouse.checksum())) {
            findings.add(new Finding(
                    table,
                    period,
                    "as many rows but the checksum",
                    "the lake",
                    lake.checksum().toString(16),
                    "the warehouse",
                    warehouse.checksum().toString(16)));
        }
    }

    private Sides sides(String table) {
        return new Sides(new Partitions(control).of(table), warehouse.ledger(table));
    }

    private static <T> T joined(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    /** What control database and ledger say. */
    private record Sides(SortedMap<String, PartitionBook> books, SortedMap<String, LedgerEntry> ledger) {
        Set<String> periods() {
            Set<String> periods = new TreeSet<>(books.keySet());
            periods.addAll(ledger.keySet());
            return periods;
        }

        /** A period that neither side knows is not stale: it should have no rows. */
        boolean isStale(String period) {
            return !Objects.equals(content(books.get(period)), content(ledger.get(period)));
        }

        boolean same(Sides other, String period) {
            return Objects.equals(books.get(period), other.books.get(period))
                    && Objects.equals(ledger.get(period), other.ledger.get(period));
        }

        private static @Nullable String content(@Nullable PartitionBook book) {
            return book == null ? null : book.content();
        }

        private static @Nullable String content(@Nullable LedgerEntry entry) {
            return entry == null ? null : entry.content();
        }
    }
}
