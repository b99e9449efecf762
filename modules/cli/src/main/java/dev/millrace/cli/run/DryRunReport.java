package dev.millrace.cli.run;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.job.ExitCode;
import java.util.List;
import java.util.Locale;

/** Every stale partition, as things stand: what ingest brings in may make more of the later stages stale. */
public record DryRunReport(RunRequest request, List<Stale> stale, List<String> held, ExitCode exitCode) {
    public DryRunReport {
        requireNonNull(request, "request");
        stale = List.copyOf(stale);
        held = List.copyOf(held);
        requireNonNull(exitCode, "exitCode");
    }

    /** One partition, why it is stale and what it costs: objects and bytes to read, or rows. */
    public record Stale(Stage stage, String table, String partition, String why, long objects, long bytes, long rows) {
        public Stale {
            requireNonNull(stage, "stage");
            requireNonNull(table, "table");
            requireNonNull(partition, "partition");
            requireNonNull(why, "why");
        }

        String cost() {
            return stage == Stage.INGEST
                    ? String.format(Locale.ROOT, "%,d objects, %,d bytes", objects, bytes)
                    : String.format(Locale.ROOT, "%,d rows", rows);
        }
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        if (stale.isEmpty()) {
            text.append("Nothing is stale.\n");
        } else {
            int tables = width("TABLE", stale.stream().map(Stale::table).toList());
            int partitions =
                    width("PARTITION", stale.stream().map(Stale::partition).toList());
            int costs = width("COST", stale.stream().map(Stale::cost).toList());
            String line = "%-9s  %-" + tables + "s  %-" + partitions + "s  %-" + costs + "s  %s%n";
            text.append(String.format(Locale.ROOT, line, "STAGE", "TABLE", "PARTITION", "COST", "WHY"));
            for (Stale partition : stale) {
                text.append(String.format(
                        Locale.ROOT,
                        line,
                        partition.stage().label(),
                        partition.table(),
                        partition.partition(),
                        partition.cost(),
                        partition.why()));
            }
            if (stale.get(0).stage() == Stage.INGEST) {
                text.append("What ingest brings in may make more of transform and load stale.\n");
            }
        }
        held.forEach(hour -> text.append("Held: ").append(hour).append('\n'));
        return text.toString();
    }

    private static int width(String head, List<String> cells) {
        return cells.stream().mapToInt(String::length).reduce(head.length(), Math::max);
    }

    public String json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("pipeline", request.pipeline());
        json.put("from", request.from());
        json.put("to", request.to());
        json.putArray("stale");
        for (Stale partition : stale) {
            json.withArray("/stale")
                    .addObject()
                    .put("stage", partition.stage().label())
                    .put("table", partition.table())
                    .put("partition", partition.partition())
                    .put("why", partition.why())
                    .put("objects", partition.objects())
                    .put("bytes", partition.bytes())
                    .put("rows", partition.rows());
        }
        json.putArray("held");
        held.forEach(json.withArray("/held")::add);
        return json.toString();
    }
}
