package dev.millrace.load;

import dev.millrace.contract.Contract;
import dev.millrace.contract.Table;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.PartitionBook;
import dev.millrace.control.Partitions;
import dev.millrace.control.TableLock;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.job.LogContext;
import dev.millrace.lake.read.LakeTables;
import dev.millrace.lake.read.PinnedTable;
import dev.millrace.load.audit.Audit;
import dev.millrace.load.audit.AuditReport;
import dev.millrace.load.stale.StalePeriod;
import dev.millrace.load.stale.Staleness;
import dev.millrace.load.warehouse.ChecksumKind;
import dev.millrace.load.warehouse.Loaded;
import dev.millrace.load.warehouse.TableLoad;
import dev.millrace.load.warehouse.Warehouse;
import dev.millrace.load.warehouse.WarehouseTable;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the warehouse up to the lake: the periods that differ, table by table, each table in one transaction. */
public final class LoadJob {
    private static final Logger LOG = LoggerFactory.getLogger(LoadJob.class);
    private static final int LOOKS = 5;

    private final Contract contract;
    private final ControlDatabase control;
    private final Supplier<LakeTables> lakeOpener;
    private final Warehouse warehouse;
    private final LoadSettings settings;
    private final Clock clock;

    public LoadJob(
            Contract contract,
            ControlDatabase control,
            Supplier<LakeTables> lakeOpener,
            Warehouse warehouse,
            LoadSettings settings,
            Clock clock) {
        this.contract = contract;
        this.control = control;
        this.lakeOpener = lakeOpener;
        this.warehouse = warehouse;
        this.settings = settings;
        this.clock = clock;
    }

    public LoadReport run() {
        warehouse.prepare();
        boolean shaped = shapeTables();
        List<StalePeriod> stale = stale();
        if (stale.isEmpty()) {
            return new LoadReport(
                    shaped ? ExitCode.DONE : ExitCode.NOTHING_STALE, stale, new TreeMap<>(), AuditReport.NOTHING);
        }
        try (LakeTables lake = lakeOpener.get()) {
            SortedMap<String, Loaded> loaded = new TreeMap<>();
            for (Table table : tablesOf(stale)) {
                loadTable(table, lake).ifPresent(done -> loaded.put(table.name(), done));
            }
            AuditReport audit = audit(stale, lake);
            return new LoadReport(audit.balances() ? ExitCode.DONE : ExitCode.BROKEN, stale, loaded, audit);
        }
    }

    private boolean shapeTables() {
        boolean shaped = false;
        for (Table table : tables()) {
            shaped |= warehouse.shape(WarehouseTable.of(table));
        }
        return shaped;
    }

    /** Which periods the warehouse does not hold as the lake does. Changes nothing. */
    public List<StalePeriod> stale() {
        List<StalePeriod> stale = new ArrayList<>();
        for (Table table : tables()) {
            stale.addAll(stale(table.name(), new Partitions(control).of(table.name())));
        }
        return stale;
    }

    private List<StalePeriod> stale(String table, SortedMap<String, PartitionBook> books) {
        return Staleness.of(
                table, books, warehouse.ledger(table), settings.again().getOrDefault(table, Set.of()));
    }

    /** Another run may have loaded the table since it was found stale: it is asked again under the lock. */
    private Optional<Loaded> loadTable(Table table, LakeTables lake) {
        WarehouseTable target = WarehouseTable.of(table);
        try (LogContext context = LogContext.fresh().table(table.name());
                TableLock lock = TableLock.take(control, "warehouse." + table.name(), settings.patience())) {
            LOG.debug("Took the lock of {}", lock.table());
            Pinned pinned = pin(target, lake);
            List<StalePeriod> stale = stale(table.name(), pinned.books());
            if (stale.isEmpty()) {
                LOG.info("Table {} was loaded by another run", table.name());
                return Optional.empty();
            }
            SortedMap<String, Optional<String>> contents = new TreeMap<>();
            stale.forEach(period -> contents.put(period.period(), period.content()));
            Loaded loaded = warehouse.load(new TableLoad(
                    target, pinned.table(), contents, settings.runId(), clock.instant(), settings.connections()));
            LOG.info(
                    "Loaded {} periods: {} rows; {} deleted, {} updated, {} inserted",
                    contents.size(),
                    loaded.read(),
                    loaded.deleted(),
                    loaded.updated(),
                    loaded.inserted());
            return Optional.of(loaded);
        }
    }

    private record Pinned(Optional<PinnedTable> table, SortedMap<String, PartitionBook> books) {}

    /** A snapshot and books of one moment: the books are the same before and after the snapshot is chosen. */
    private Pinned pin(WarehouseTable table, LakeTables lake) {
        Partitions partitions = new Partitions(control);
        SortedMap<String, PartitionBook> before = partitions.of(table.name());
        for (int look = 0; look < LOOKS; look++) {
            Optional<PinnedTable> pinned = lake.pin(table.layer().namespace(), table.name());
            SortedMap<String, PartitionBook> after = partitions.of(table.name());
            if (after.equals(before)) {
                return new Pinned(pinned, after);
            }
            before = after;
        }
        throw new JobException(ExitCode.TEMPORARY, "Table " + table.name() + " of the lake keeps changing: try again.");
    }

    private AuditReport audit(List<StalePeriod> stale, LakeTables lake) {
        Map<String, Set<String>> touched = new TreeMap<>();
        stale.forEach(period -> touched.computeIfAbsent(period.table(), table -> new TreeSet<>())
                .add(period.period()));
        AuditReport report =
                new Audit(contract, control, warehouse, lake, ChecksumKind.FAST, settings.connections()).of(touched);
        report.findings().forEach(finding -> LOG.error(finding.sentence()));
        return report;
    }

    private List<Table> tables() {
        return Stream.<Table>concat(contract.sources().stream(), contract.models().stream())
                .toList();
    }

    private List<Table> tablesOf(List<StalePeriod> stale) {
        Set<String> names = new TreeSet<>();
        stale.forEach(period -> names.add(period.table()));
        return tables().stream().filter(table -> names.contains(table.name())).toList();
    }
}
