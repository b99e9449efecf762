package dev.millrace.load;

import dev.millrace.contract.Contract;
import dev.millrace.control.ControlDatabase;
import dev.millrace.lake.read.LakeTables;
import dev.millrace.load.audit.Audit;
import dev.millrace.load.audit.AuditReport;
import dev.millrace.load.warehouse.ChecksumKind;
import dev.millrace.load.warehouse.Warehouse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Audits pipelines: some periods of a table, or everything. Changes nothing. */
public final class AuditJob {
    private static final Logger LOG = LoggerFactory.getLogger(AuditJob.class);

    private final List<Contract> contracts;
    private final ControlDatabase control;
    private final Supplier<LakeTables> lakeOpener;
    private final Warehouse warehouse;
    private final ChecksumKind kind;
    private final Map<String, Set<String>> only;
    private final int threads;

    /** Without periods to look at, by table, all are. */
    public AuditJob(
            List<Contract> contracts,
            ControlDatabase control,
            Supplier<LakeTables> lakeOpener,
            Warehouse warehouse,
            ChecksumKind kind,
            Map<String, Set<String>> only,
            int threads) {
        this.contracts = List.copyOf(contracts);
        this.control = control;
        this.lakeOpener = lakeOpener;
        this.warehouse = warehouse;
        this.kind = kind;
        this.only = Map.copyOf(only);
        this.threads = threads;
    }

    public AuditReport run() {
        AuditReport report = AuditReport.NOTHING;
        try (LakeTables lake = lakeOpener.get()) {
            for (Contract contract : contracts) {
                report = report.plus(audit(contract, lake));
            }
        }
        report.findings().forEach(finding -> LOG.error(finding.sentence()));
        return report;
    }

    private AuditReport audit(Contract contract, LakeTables lake) {
        Audit audit = new Audit(contract, control, warehouse, lake, kind, threads);
        return only.isEmpty() ? audit.ofAll() : audit.of(only);
    }
}
