package dev.millrace.cli.run;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.job.ExitCode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.StreamSupport;

/** What a run came to, for people and for programs. */
public record RunReport(RunRequest request, List<Done> steps, ExitCode exitCode, Duration took) {
    private static final double MEGA = 1e6;

    public RunReport {
        requireNonNull(request, "request");
        steps = List.copyOf(steps);
        requireNonNull(exitCode, "exitCode");
        requireNonNull(took, "took");
    }

    /** One step and what its job told. */
    public record Done(Stage stage, StageEnd end, Duration took, JsonNode report) {
        public Done {
            requireNonNull(stage, "stage");
            requireNonNull(end, "end");
            requireNonNull(took, "took");
            requireNonNull(report, "report");
        }

        String sentence() {
            ExitCode exitCode = end.exitCode();
            boolean told = exitCode == ExitCode.DONE || exitCode == ExitCode.BROKEN;
            if (exitCode == ExitCode.NOTHING_STALE) {
                return "nothing is stale";
            }
            if (end.moved()) {
                return "another run changed " + report.path("moved").size() + " of the hours meanwhile: planning again";
            }
            if (!told || report.isMissingNode()) {
                return "ended with " + exitCode.code() + ", " + exitCode.meaning();
            }
            return switch (stage) {
                case PLAN -> planned();
                case INGEST -> records(report);
                case COMMIT ->
                    count(report.path("totals").path("hours").asLong(), "hour") + " committed"
                            + held(report.path("held").size());
                case TRANSFORM ->
                    count(states("rewritten"), "period") + " rebuilt, " + states("unchanged") + " unchanged"
                            + exports();
                case LOAD ->
                    count(report.path("stale").size(), "period") + " of "
                            + count(report.path("loaded").size(), "table") + " loaded"
                            + differences();
            };
        }

        private String planned() {
            return count(report.path("stale").size(), "hour") + " stale, "
                    + count(report.path("objects").asLong(), "object") + ", "
                    + megabytes(report.path("bytes").asLong())
                    + held(report.path("held").size());
        }

        private long states(String state) {
            return StreamSupport.stream(report.path("periods").spliterator(), false)
                    .filter(period -> period.path("state").asText().equals(state))
                    .count();
        }

        private String exports() {
            int written = report.path("exports").size();
            return written == 0 ? "" : ", " + count(written, "export") + " written";
        }

        private String differences() {
            int found = report.path("audit").path("findings").size();
            return found == 0 ? ", balanced" : ", " + count(found, "difference") + " in the audit";
        }

        private static String held(int hours) {
            return hours == 0 ? "" : ", " + hours + " held";
        }
    }

    /** The books of the hours that the run committed. */
    public Optional<JsonNode> totals() {
        return last(Stage.COMMIT).map(commit -> commit.report().path("totals")).filter(node -> !node.isMissingNode());
    }

    /** Whether anything was done before the run ended. */
    public boolean isBarren() {
        return steps.size() == 1 && exitCode == ExitCode.USAGE;
    }

    /** Table and hour of everything that was stale for ingest. */
    public List<JsonNode> staleHours() {
        return last(Stage.PLAN)
                .map(plan -> StreamSupport.stream(plan.report().path("stale").spliterator(), false)
                        .toList())
                .orElse(List.of());
    }

    private Optional<Done> last(Stage stage) {
        return steps.stream().filter(step -> step.stage() == stage).reduce((first, second) -> second);
    }

    /**
     * For people.
     *
     * @param reasons records of the committed hours that are quarantined, by reason
     */
    public String text(SortedMap<String, Long> reasons) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                "%s, landing hours %s to %s, run %s%n",
                request.pipeline(), request.from(), request.to(), request.runId()));
        for (Done step : steps) {
            text.append(String.format(
                    Locale.ROOT, "  %-12s %7.1f s  %s%n", step.stage().label(), seconds(step.took()), step.sentence()));
        }
        totals().ifPresent(totals -> {
            text.append("records  ").append(records(totals)).append('\n');
            reasons.forEach(
                    (reason, records) -> text.append(String.format(Locale.ROOT, "  %-32s %,12d%n", reason, records)));
        });
        rows("base").forEach((table, rows) -> text.append(row("base", table, rows)));
        rows("model").forEach((table, rows) -> text.append(row("model", table, rows)));
        last(Stage.LOAD).ifPresent(load -> warehouse(text, load.report()));
        text.append(
                exitCode == ExitCode.DONE
                        ? String.format(Locale.ROOT, "done in %.1f s%n", seconds(took))
                        : String.format(
                                Locale.ROOT,
                                "ended with %d after %.1f s: %s%n",
                                exitCode.code(),
                                seconds(took),
                                exitCode.meaning()));
        return text.toString();
    }

    private static void warehouse(StringBuilder text, JsonNode load) {
        load.path("loaded").properties().forEach(table -> {
            JsonNode rows = table.getValue();
            text.append(row("warehouse", table.getKey(), rows.path("read").asLong())
                            .stripTrailing())
                    .append(String.format(
                            Locale.ROOT,
                            "  (%,d deleted, %,d updated, %,d inserted)%n",
                            rows.path("deleted").asLong(),
                            rows.path("updated").asLong(),
                            rows.path("inserted").asLong()));
        });
        JsonNode findings = load.path("audit").path("findings");
        for (JsonNode finding : findings) {
            text.append("  ")
                    .append(finding.path("table").asText())
                    .append('/')
                    .append(finding.path("period").asText())
                    .append(": ")
                    .append(finding.path("what").asText())
                    .append(' ')
                    .append(finding.path("expected").asText())
                    .append(" expected, found ")
                    .append(finding.path("found").asText())
                    .append('\n');
        }
        if (!load.path("loaded").isEmpty()) {
            text.append(findings.isEmpty() ? "books    balanced\n" : "books    do not balance\n");
        }
    }

    private static String row(String layer, String table, long rows) {
        return String.format(Locale.ROOT, "%-9s %-24s %,12d rows%n", layer, table, rows);
    }

    /** Rows of the periods that transform touched, by table. */
    private Map<String, Long> rows(String layer) {
        Map<String, Long> rows = new LinkedHashMap<>();
        last(Stage.TRANSFORM).ifPresent(transform -> {
            for (JsonNode period : transform.report().path("periods")) {
                if (period.path("layer").asText().equals(layer)) {
                    rows.merge(
                            period.path("table").asText(), period.path("rows").asLong(), Long::sum);
                }
            }
        });
        return rows;
    }

    /** For programs, in one line. */
    public String json(SortedMap<String, Long> reasons) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("pipeline", request.pipeline());
        json.put("runId", request.runId());
        json.put("from", request.from());
        json.put("to", request.to());
        json.put("exitCode", exitCode.code());
        json.put("exit", exitCode.name());
        json.put("seconds", seconds(took));
        steps.forEach(step -> json.withArray("/stages")
                .addObject()
                .put("stage", step.stage().label())
                .put("exitCode", step.end().exitCode().code())
                .put("seconds", seconds(step.took()))
                .put("sentence", step.sentence())
                .set("report", step.report().isMissingNode() ? null : step.report()));
        totals().ifPresent(totals -> json.set("records", totals));
        ObjectNode quarantined = json.putObject("quarantined");
        reasons.forEach(quarantined::put);
        for (String layer : List.of("base", "model")) {
            ObjectNode tables = json.putObject(layer);
            rows(layer).forEach(tables::put);
        }
        last(Stage.LOAD).ifPresent(load -> {
            json.set("warehouse", load.report().path("loaded").deepCopy());
            json.put("balanced", load.report().path("audit").path("findings").isEmpty());
        });
        return json.toString();
    }

    private static String records(JsonNode counts) {
        return String.format(
                Locale.ROOT,
                "%,d landed = %,d clean + %,d duplicate + %,d quarantined",
                counts.path("landed").asLong(),
                counts.path("clean").asLong(),
                counts.path("duplicate").asLong(),
                counts.path("quarantined").asLong());
    }

    private static String count(long number, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
    }

    private static String megabytes(long bytes) {
        return bytes < MEGA ? count(bytes, "byte") : String.format(Locale.ROOT, "%.1f MB", bytes / MEGA);
    }

    private static double seconds(Duration took) {
        return took.toMillis() / 1000.0;
    }
}
