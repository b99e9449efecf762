package dev.millrace.load.audit;

import java.util.List;
import java.util.stream.Stream;

/** What an audit looked at and what it found. Stale periods differ by right, until they are loaded. */
public record AuditReport(int periods, int hours, int stale, long rows, List<Finding> findings) {
    public static final AuditReport NOTHING = new AuditReport(0, 0, 0, 0, List.of());

    public AuditReport {
        findings = List.copyOf(findings);
    }

    public boolean balances() {
        return findings.isEmpty();
    }

    public AuditReport plus(AuditReport other) {
        return new AuditReport(
                periods + other.periods,
                hours + other.hours,
                stale + other.stale,
                rows + other.rows,
                Stream.concat(findings.stream(), other.findings.stream()).toList());
    }

    /** For people: every difference, then what was looked at. */
    public String text() {
        StringBuilder text = new StringBuilder();
        findings.forEach(finding -> text.append(finding.sentence()).append('\n'));
        text.append(balances() ? "Balanced: " : findings.size() + " differences: ")
                .append(periods)
                .append(" periods with ")
                .append(rows)
                .append(" rows, ")
                .append(hours)
                .append(" landing hours");
        return text.append(stale == 0 ? "." : "; " + stale + " periods are stale and were not compared: run load.")
                .toString();
    }
}
