package dev.millrace.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.cli.airflow.DagRun;
import dev.millrace.cli.run.DryRunReport;
import dev.millrace.contract.Contract;
import dev.millrace.contract.LandingHour;
import dev.millrace.contract.ModelTable;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Books;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.HourBook;
import dev.millrace.control.PartitionBook;
import dev.millrace.control.Partitions;
import dev.millrace.control.Runs;
import dev.millrace.job.ExitCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What the control database knows of the pipelines: how fresh their tables are, what is held, how runs ended. */
record StatusReport(String environment, Instant now, List<Pipeline> pipelines) {
    private static final int LATEST_RUNS = 6;
    private static final int STALE_SHOWN = 8;
    private static final int HOURS_SHOWN = 72;

    StatusReport {
        requireNonNull(environment, "environment");
        requireNonNull(now, "now");
        pipelines = List.copyOf(pipelines);
    }

    /**
     * @param waiting what is stale, where it was asked
     * @param scheduled how Airflow runs it, where Airflow is up and knows it
     */
    record Pipeline(
            String name,
            List<TableStatus> tables,
            List<String> held,
            List<Runs.Run> runs,
            Optional<DryRunReport> waiting,
            Optional<Scheduled> scheduled) {
        Pipeline {
            tables = List.copyOf(tables);
            held = List.copyOf(held);
            runs = List.copyOf(runs);
            requireNonNull(waiting, "waiting");
            requireNonNull(scheduled, "scheduled");
        }

        Pipeline with(Optional<DryRunReport> nowWaiting, Optional<Scheduled> nowScheduled) {
            return new Pipeline(name, tables, held, runs, nowWaiting, nowScheduled);
        }
    }

    /** A pipeline in Airflow: whether it is switched on, and its latest runs. */
    record Scheduled(boolean on, List<DagRun> runs) {
        Scheduled {
            runs = List.copyOf(runs);
        }
    }

    StatusReport with(UnaryOperator<Pipeline> more) {
        return new StatusReport(environment, now, pipelines.stream().map(more).toList());
    }

    /** A table in one layer: its newest partition that has rows, how many it has, and all their rows. */
    record TableStatus(String layer, String table, String newest, int partitions, long rows) {}

    static StatusReport of(String environment, List<Contract> contracts, ControlDatabase control, Clock clock) {
        return new StatusReport(
                environment,
                clock.instant(),
                contracts.stream()
                        .map(contract -> pipeline(contract, control, clock))
                        .toList());
    }

    private static Pipeline pipeline(Contract contract, ControlDatabase control, Clock clock) {
        List<TableStatus> tables = new ArrayList<>();
        List<String> held = new ArrayList<>();
        for (SourceTable source : contract.sources()) {
            SortedMap<String, HourBook> hours = new Books(control).hours(source.name());
            tables.add(new TableStatus(
                    "clean",
                    source.name(),
                    hours.isEmpty() ? "" : hours.lastKey(),
                    hours.size(),
                    hours.values().stream().mapToLong(HourBook::published).sum()));
            hours.values().stream().filter(HourBook::held).forEach(hour -> held.add(source.name() + " " + hour.hour()));
            tables.add(built("base", source.name(), control));
        }
        for (ModelTable model : contract.models()) {
            tables.add(built("model", model.name(), control));
        }
        return new Pipeline(
                contract.pipeline(),
                tables,
                held,
                new Runs(control, clock).latest(contract.pipeline(), LATEST_RUNS),
                Optional.empty(),
                Optional.empty());
    }

    private static TableStatus built(String layer, String table, ControlDatabase control) {
        List<PartitionBook> periods = new Partitions(control)
                .of(table).values().stream().filter(book -> book.rows() > 0).toList();
        return new TableStatus(
                layer,
                table,
                periods.isEmpty() ? "" : periods.get(periods.size() - 1).period(),
                periods.size(),
                periods.stream().mapToLong(PartitionBook::rows).sum());
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append("Environment ").append(environment).append('\n');
        for (Pipeline pipeline : pipelines) {
            text.append('\n').append(pipeline.name()).append('\n');
            for (TableStatus table : pipeline.tables()) {
                text.append(String.format(
                        Locale.ROOT,
                        "  %-5s  %-24s %,12d rows  %s%n",
                        table.layer(),
                        table.table(),
                        table.rows(),
                        table.newest().isEmpty()
                                ? "nothing yet"
                                : table.partitions() + (table.layer().equals("clean") ? " hours" : " periods")
                                        + ", newest " + table.newest() + age(table)));
            }
            pipeline.held()
                    .forEach(hour -> text.append("  held   ").append(hour).append('\n'));
            pipeline.waiting().ifPresent(waiting -> waiting(text, waiting));
            pipeline.scheduled().ifPresent(scheduled -> scheduled(text, scheduled));
            for (Runs.Run run : pipeline.runs()) {
                text.append(String.format(
                        Locale.ROOT,
                        "  run    %s  %-14s %-10s %s%n",
                        run.startedAt().truncatedTo(ChronoUnit.SECONDS),
                        run.stage(),
                        run.exitCode().isPresent() ? "exit " + run.exitCode().getAsInt() : "unfinished",
                        (seconds(run.startedAt(), run.finishedAt()) + "  " + run.sentence()).strip()));
            }
        }
        return text.toString();
    }

    /** How long ago the newest landing hour ended. */
    private String age(TableStatus table) {
        if (!table.layer().equals("clean")) {
            return "";
        }
        Duration age = Duration.between(LandingHour.of(table.newest()).plus(1).start(), now);
        if (age.isNegative()) {
            return "";
        }
        return age.toHours() < HOURS_SHOWN ? ", " + age.toHours() + " h ago" : ", " + age.toDays() + " days ago";
    }

    private static void waiting(StringBuilder text, DryRunReport waiting) {
        if (waiting.exitCode() != ExitCode.DONE) {
            text.append("  stale  unknown: asking ended with ")
                    .append(waiting.exitCode().code())
                    .append(", ")
                    .append(waiting.exitCode().meaning())
                    .append('\n');
        } else if (waiting.stale().isEmpty()) {
            text.append("  stale  nothing\n");
        }
        for (DryRunReport.Stale stale :
                waiting.stale().subList(0, Math.min(STALE_SHOWN, waiting.stale().size()))) {
            text.append(String.format(
                    "  stale  %-10s %s %s: %s%n",
                    stale.stage().label(), stale.table(), stale.partition(), stale.why()));
        }
        if (waiting.stale().size() > STALE_SHOWN) {
            text.append("  stale  and ")
                    .append(waiting.stale().size() - STALE_SHOWN)
                    .append(" more\n");
        }
    }

    private static void scheduled(StringBuilder text, Scheduled scheduled) {
        text.append("  Airflow  ").append(scheduled.on() ? "switched on\n" : "switched off\n");
        for (DagRun run : scheduled.runs()) {
            text.append(String.format(
                    Locale.ROOT,
                    "  Airflow  interval %s  %-9s  %-8s  %.0f s%n",
                    run.logicalDate(),
                    run.type(),
                    run.state(),
                    run.took().toMillis() / 1000.0));
        }
    }

    private static String seconds(Instant started, @Nullable Instant finished) {
        return finished == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%.1f s",
                        Duration.between(started, finished).toMillis() / 1000.0);
    }

    String json(String services, String airflow) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("services", services);
        json.put("airflow", airflow);
        json.put("environment", environment);
        json.putArray("pipelines");
        for (Pipeline pipeline : pipelines) {
            ObjectNode node = json.withArray("/pipelines").addObject().put("pipeline", pipeline.name());
            node.putArray("tables");
            pipeline.tables()
                    .forEach(table -> node.withArray("/tables")
                            .addObject()
                            .put("layer", table.layer())
                            .put("table", table.table())
                            .put("newest", table.newest())
                            .put("partitions", table.partitions())
                            .put("rows", table.rows()));
            node.putArray("held");
            pipeline.held().forEach(node.withArray("/held")::add);
            pipeline.waiting().ifPresent(waiting -> stale(node, waiting));
            pipeline.scheduled().ifPresent(scheduled -> airflow(node, scheduled));
            node.putArray("runs");
            for (Runs.Run run : pipeline.runs()) {
                ObjectNode line = node.withArray("/runs")
                        .addObject()
                        .put("runId", run.runId())
                        .put("stage", run.stage())
                        .put("startedAt", run.startedAt().toString())
                        .put("sentence", run.sentence());
                Instant finished = run.finishedAt();
                if (finished != null) {
                    line.put("finishedAt", finished.toString());
                }
                run.exitCode().ifPresent(code -> line.put("exitCode", code));
            }
        }
        return json.toString();
    }

    private static void stale(ObjectNode node, DryRunReport waiting) {
        node.put("staleExitCode", waiting.exitCode().code());
        node.putArray("stale");
        for (DryRunReport.Stale stale : waiting.stale()) {
            node.withArray("/stale")
                    .addObject()
                    .put("stage", stale.stage().label())
                    .put("table", stale.table())
                    .put("partition", stale.partition())
                    .put("why", stale.why());
        }
    }

    private static void airflow(ObjectNode node, Scheduled scheduled) {
        ObjectNode airflow = node.putObject("airflow").put("on", scheduled.on());
        airflow.putArray("runs");
        for (DagRun run : scheduled.runs()) {
            airflow.withArray("/runs")
                    .addObject()
                    .put("runId", run.runId())
                    .put("logicalDate", run.logicalDate().toString())
                    .put("type", run.type())
                    .put("state", run.state())
                    .put("seconds", run.took().toMillis() / 1000.0);
        }
    }
}
