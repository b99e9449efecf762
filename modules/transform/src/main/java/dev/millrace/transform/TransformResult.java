package dev.millrace.transform;

import dev.millrace.control.PartitionBook;
import dev.millrace.job.ExitCode;
import dev.millrace.transform.export.StaleExport;
import dev.millrace.transform.export.Written;
import dev.millrace.transform.publish.Published;
import dev.millrace.transform.stale.Reason;
import dev.millrace.transform.stale.StalePeriod;
import java.util.ArrayList;
import java.util.List;

/** What a run did, or would do, as programs and people read it. */
public record TransformResult(
        String pipeline, String runId, boolean dryRun, List<Period> periods, List<ExportFile> exports) {
    private static final String REWRITTEN = "rewritten";

    public TransformResult {
        periods = List.copyOf(periods);
        exports = List.copyOf(exports);
    }

    /** A file of a model; while it is only planned, its folder, without rows and bytes. */
    public record ExportFile(String table, String object, String state, String reason, long rows, long bytes) {}

    /** One period; rows to read where it is only planned, rows that it holds where it is done. */
    public record Period(
            String table, String layer, String period, String state, List<String> reasons, long rows, long duplicates) {
        public Period {
            reasons = List.copyOf(reasons);
        }

        private boolean isSameAs(Period other) {
            return table.equals(other.table) && layer.equals(other.layer) && period.equals(other.period);
        }

        private Period because(List<String> why) {
            return new Period(table, layer, period, state, why, rows, duplicates);
        }
    }

    /** These periods, with the reasons for which they are stale here. */
    List<Period> explaining(List<Period> done) {
        return done.stream()
                .map(period -> periods.stream()
                        .filter(period::isSameAs)
                        .findFirst()
                        .map(planned -> period.because(planned.reasons()))
                        .orElse(period))
                .toList();
    }

    static List<Period> stale(String layer, List<StalePeriod> stale) {
        return stale.stream()
                .map(period -> new Period(
                        period.table(),
                        layer,
                        period.period(),
                        "stale",
                        period.reasons().stream().map(Reason::toString).toList(),
                        period.rows(),
                        0))
                .toList();
    }

    static List<ExportFile> planned(List<StaleExport> stale) {
        return stale.stream()
                .map(one -> new ExportFile(one.model().name(), one.export().folder(), "stale", one.reason(), 0, 0))
                .toList();
    }

    static ExportFile done(Written written) {
        return new ExportFile(
                written.table(), written.object(), "written", written.reason(), written.rows(), written.bytes());
    }

    boolean nothing() {
        return periods.isEmpty() && exports.isEmpty();
    }

    static List<Period> done(Published published) {
        List<Period> periods = new ArrayList<>();
        published.rewritten().forEach(book -> periods.add(done(published.table(), REWRITTEN, book)));
        published.restamped().forEach(book -> periods.add(done(published.table(), "unchanged", book)));
        return periods;
    }

    private static Period done(String table, String state, PartitionBook book) {
        return new Period(
                table, book.layer().namespace(), book.period(), state, List.of(), book.rows(), book.duplicates());
    }

    ExitCode exitCode() {
        return nothing() ? ExitCode.NOTHING_STALE : ExitCode.DONE;
    }

    String sentence() {
        long rewritten = periods.stream()
                .filter(period -> period.state().equals(REWRITTEN))
                .count();
        if (nothing()) {
            return "Nothing is stale.";
        }
        return "Periods rewritten: " + rewritten + ", found unchanged: " + (periods.size() - rewritten) + "."
                + (exports.isEmpty() ? "" : " Exports written: " + exports.size() + ".");
    }

    /** One line a period, for people. */
    String text() {
        if (nothing()) {
            return "nothing is stale";
        }
        StringBuilder text = new StringBuilder();
        for (Period period : periods) {
            text.append(period.layer())
                    .append('.')
                    .append(period.table())
                    .append(' ')
                    .append(period.period());
            text.append(": ").append(period.state());
            if (!period.reasons().isEmpty()) {
                text.append(" (").append(some(period.reasons())).append(')');
            }
            text.append(", ").append(period.rows()).append(dryRun ? " rows to read" : " rows");
            if (period.duplicates() > 0) {
                text.append(", ").append(period.duplicates()).append(" duplicates left out");
            }
            text.append('\n');
        }
        for (ExportFile export : exports) {
            text.append("export of ").append(export.table()).append(": ").append(export.object());
            text.append(' ')
                    .append(export.state())
                    .append(" (")
                    .append(export.reason())
                    .append(')');
            text.append(dryRun ? "" : ", " + export.rows() + " rows").append('\n');
        }
        return text.toString().stripTrailing();
    }

    private static String some(List<String> reasons) {
        int most = 3;
        return reasons.size() <= most
                ? String.join(", ", reasons)
                : String.join(", ", reasons.subList(0, most)) + " and " + (reasons.size() - most) + " more";
    }
}
