package dev.millrace.load;

import dev.millrace.job.ExitCode;
import dev.millrace.load.audit.AuditReport;
import dev.millrace.load.stale.StalePeriod;
import dev.millrace.load.warehouse.Loaded;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a load found stale, did and audited. */
public record LoadReport(
        ExitCode exitCode, List<StalePeriod> stale, SortedMap<String, Loaded> loaded, AuditReport audit) {
    public LoadReport {
        stale = List.copyOf(stale);
        loaded = Collections.unmodifiableSortedMap(new TreeMap<>(loaded));
    }

    /** Of a dry run, which does nothing and audits nothing. */
    static LoadReport planned(List<StalePeriod> stale) {
        return new LoadReport(ExitCode.DONE, stale, new TreeMap<>(), AuditReport.NOTHING);
    }

    public String sentence() {
        if (stale.isEmpty()) {
            return "Nothing is stale in the warehouse.";
        }
        if (loaded.isEmpty()) {
            return stale.size() + " periods are stale in the warehouse.";
        }
        long rows = loaded.values().stream().mapToLong(Loaded::read).sum();
        String done = "Loaded " + stale.size() + " periods of " + loaded.size() + " tables, " + rows + " rows; ";
        return done + (audit.balances() ? "they balance." : audit.findings().size() + " differences in the audit.");
    }

    /** For people: what is stale and why, what was done, every difference. */
    public String text() {
        StringBuilder text = new StringBuilder();
        stale.forEach(period -> text.append(period.table())
                .append('/')
                .append(period.period())
                .append("  ")
                .append(period.why())
                .append(", ")
                .append(period.rows())
                .append(" rows\n"));
        loaded.forEach((table, done) -> text.append(table)
                .append(": ")
                .append(done.read())
                .append(" rows; ")
                .append(done.deleted())
                .append(" deleted, ")
                .append(done.updated())
                .append(" updated, ")
                .append(done.inserted())
                .append(" inserted\n"));
        audit.findings().forEach(finding -> text.append(finding.sentence()).append('\n'));
        return text.append(sentence()).toString();
    }
}
