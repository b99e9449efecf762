package dev.millrace.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.cli.run.Stage;
import dev.millrace.contract.Contracts;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeSet;

/** What was done beside what is there, and everything in which they disagree. */
public final class DemoReport {
    private static final int FIRST = 0;
    private static final int SECOND = 1;
    private static final int THIRD = 2;

    private final Story story;
    private final List<Findings> findings;
    private final List<String> problems = new ArrayList<>();

    DemoReport(Story story, List<Findings> findings) {
        this.story = story;
        this.findings = List.copyOf(findings);
        findings.forEach(this::judgeBooks);
        judgeRepetition();
        judgeLateObject();
    }

    /**
     * The report of the demo in a folder, as things are now.
     *
     * @param audit of every pipeline: rows counted and digested anew
     */
    public static DemoReport of(Path folder, Contracts contracts, Environment environment, JsonNode audit) {
        Story story = Story.read(folder);
        return new DemoReport(
                story,
                story.injected().keySet().stream()
                        .map(pipeline -> Findings.of(contracts.read(pipeline), environment, audit))
                        .toList());
    }

    public ExitCode exitCode() {
        return problems.isEmpty() ? ExitCode.DONE : ExitCode.BROKEN;
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        findings.forEach(found -> describe(text, found));
        describeBackfills(text);
        describeLateObject(text);
        text.append('\n');
        if (problems.isEmpty()) {
            text.append("Everything that was injected was found, and lake and warehouse balance.\n");
        } else {
            text.append("This does not agree:\n");
            problems.forEach(problem -> text.append("  ").append(problem).append('\n'));
        }
        return text.toString();
    }

    private Story.Injected injected(String pipeline) {
        Story.Injected sample = story.injected().get(pipeline);
        if (sample == null) {
            throw new IllegalStateException("There is no sample of " + pipeline);
        }
        return sample;
    }

    private long late(String pipeline) {
        return story.late().pipeline().equals(pipeline) ? story.late().records() : 0;
    }

    private long repeated(String pipeline) {
        return story.late().pipeline().equals(pipeline) ? story.late().repeated() : 0;
    }

    private void judgeBooks(Findings found) {
        Story.Injected injected = injected(found.pipeline());
        long late = late(found.pipeline());
        long repeated = repeated(found.pipeline());
        String name = found.pipeline() + ": ";
        same(name + "records landed", injected.landed() + late + repeated, found.landed());
        same(name + "clean records", injected.clean() + late, found.clean());
        same(name + "records of objects that repeat another", repeated, found.duplicate());
        same(name + "duplicates by key", injected.duplicates(), found.duplicatesByKey());
        same(name + "base rows", injected.clean() + late - injected.duplicates(), found.base());
        same(name + "records accounted for", found.landed(), found.clean() + found.duplicate() + found.bad());
        for (String reason : reasons(injected, found)) {
            same(
                    name + "quarantined as " + reason,
                    injected.quarantined().getOrDefault(reason, 0L),
                    found.quarantined().getOrDefault(reason, 0L));
        }
        for (Findings.Rows rows : found.rows()) {
            same(name + "warehouse rows of " + rows.table(), rows.lake(), rows.warehouse());
        }
        found.differences().forEach(difference -> problems.add("audit of " + name + difference));
    }

    private void judgeRepetition() {
        story.backfills().get(FIRST).pipelines().forEach((pipeline, runs) -> {
            if (runs.attempts().stream()
                    .noneMatch(attempt -> attempt.stage() == Stage.LOAD && attempt.exitCode() == 0)) {
                problems.add("first backfill of " + pipeline + ": nothing was loaded");
            }
        });
        story.backfills().get(SECOND).pipelines().forEach((pipeline, runs) -> {
            for (Stage asked : List.of(Stage.PLAN, Stage.TRANSFORM, Stage.LOAD)) {
                same(
                        "second backfill of " + pipeline + ": runs whose " + asked.label() + " found nothing stale",
                        runs.runs(),
                        runs.attempts().stream()
                                .filter(attempt ->
                                        attempt.stage() == asked && attempt.exitCode() == ExitCode.NOTHING_STALE.code())
                                .count());
            }
            same(
                    "second backfill of " + pipeline + ": stages that had something to do",
                    0,
                    runs.attempts().stream()
                            .filter(attempt -> attempt.exitCode() != ExitCode.NOTHING_STALE.code())
                            .count());
        });
    }

    private void judgeLateObject() {
        List<JsonNode> stale = staleHours(story.backfills().get(THIRD));
        same("third backfill: hours that were stale", 1, stale.size());
        for (JsonNode hour : stale) {
            if (!hour.path("hour").asText().equals(story.late().hour())
                    || !hour.path("why").asText().contains("late object")) {
                problems.add("third backfill: hour " + hour.path("hour").asText() + " was stale because of "
                        + hour.path("why").asText());
            }
        }
    }

    private void same(String what, long expected, long found) {
        if (expected != found) {
            problems.add(String.format(Locale.ROOT, "%s: %,d expected, found %,d", what, expected, found));
        }
    }

    private static SortedSet<String> reasons(Story.Injected injected, Findings found) {
        SortedSet<String> reasons = new TreeSet<>(injected.quarantined().keySet());
        reasons.addAll(found.quarantined().keySet());
        return reasons;
    }

    private void describe(StringBuilder text, Findings found) {
        Story.Injected injected = injected(found.pipeline());
        long late = late(found.pipeline());
        text.append(String.format("%n%-36s %12s %12s%n", found.pipeline(), "injected", "found"));
        long repeated = repeated(found.pipeline());
        line(text, "landed", injected.landed() + late + repeated, found.landed());
        line(text, "  clean", injected.clean() + late, found.clean());
        line(text, "  in objects that repeat another", repeated, found.duplicate());
        line(
                text,
                "  quarantined",
                injected.quarantined().values().stream()
                        .mapToLong(Long::longValue)
                        .sum(),
                found.bad());
        for (String reason : reasons(injected, found)) {
            line(
                    text,
                    "    " + reason,
                    injected.quarantined().getOrDefault(reason, 0L),
                    found.quarantined().getOrDefault(reason, 0L));
        }
        line(text, "duplicates by key, left out", injected.duplicates(), found.duplicatesByKey());
        text.append(String.format("%-36s %12s %12s%n", "", "lake", "warehouse"));
        for (Findings.Rows rows : found.rows()) {
            line(text, (rows.isModel() ? "model " : "base ") + rows.table(), rows.lake(), rows.warehouse());
        }
        text.append(
                found.differences().isEmpty()
                        ? "balance: every period counted and digested on both sides, no difference\n"
                        : "balance: " + found.differences().size() + " differences\n");
    }

    private static void line(StringBuilder text, String what, long left, long right) {
        text.append(String.format(
                Locale.ROOT, "  %-34s %,12d %,12d%s%n", what, left, right, left == right ? "" : "  <-- differs"));
    }

    private void describeBackfills(StringBuilder text) {
        text.append(String.format("%n%-36s", "seconds a stage, over all runs"));
        for (Stage stage : Stage.values()) {
            text.append(String.format(" %9s", stage.label()));
        }
        text.append('\n');
        for (Story.Backfill backfill : story.backfills()) {
            text.append(String.format(Locale.ROOT, "  %s (%.0f s in all)%n", backfill.title(), backfill.seconds()));
            backfill.pipelines().forEach((pipeline, runs) -> {
                Map<Stage, Double> seconds = new EnumMap<>(Stage.class);
                runs.attempts().forEach(attempt -> seconds.merge(attempt.stage(), attempt.seconds(), Double::sum));
                text.append(String.format(
                        "    %-32s", pipeline + ", " + runs.runs() + (runs.runs() == 1 ? " run" : " runs")));
                for (Stage stage : Stage.values()) {
                    Double spent = seconds.get(stage);
                    text.append(
                            spent == null ? String.format(" %9s", "-") : String.format(Locale.ROOT, " %9.1f", spent));
                }
                text.append(nothingStale(runs) ? "  nothing stale\n" : "\n");
            });
        }
    }

    private static boolean nothingStale(Story.Runs runs) {
        return runs.attempts().stream().allMatch(attempt -> attempt.exitCode() == ExitCode.NOTHING_STALE.code());
    }

    private void describeLateObject(StringBuilder text) {
        Story.Late late = story.late();
        text.append(String.format(
                Locale.ROOT,
                "%nThe late delivery: %,d records went by Kinesis and Firehose into hour %s of %s, and once more as an answer was lost%n",
                late.records(),
                late.hour(),
                late.pipeline()));
        late.objects().forEach(object -> text.append("  ").append(object).append('\n'));
        Story.Backfill third = story.backfills().get(THIRD);
        for (JsonNode hour : staleHours(third)) {
            text.append(String.format(
                    "  rebuilt clean %s, hour %s: %s%n",
                    hour.path("table").asText(),
                    hour.path("hour").asText(),
                    hour.path("why").asText()));
        }
        for (JsonNode period : facts(third, Stage.TRANSFORM, "periods")) {
            StringJoiner why = new StringJoiner(", ");
            period.path("reasons").forEach(reason -> why.add(reason.asText()));
            text.append(String.format(
                    Locale.ROOT,
                    "  %s %s %s, period %s: %s%n",
                    period.path("state").asText().equals("rewritten") ? "rebuilt" : "found unchanged",
                    period.path("layer").asText(),
                    period.path("table").asText(),
                    period.path("period").asText(),
                    why));
        }
        for (JsonNode period : facts(third, Stage.LOAD, "stale")) {
            text.append(String.format(
                    "  loaded warehouse %s, period %s: %s%n",
                    period.path("table").asText(),
                    period.path("period").asText(),
                    period.path("why").asText()));
        }
    }

    private static List<JsonNode> staleHours(Story.Backfill backfill) {
        return facts(backfill, Stage.PLAN, "stale");
    }

    /** What jobs of a stage told under a name, one after the other. */
    private static List<JsonNode> facts(Story.Backfill backfill, Stage stage, String name) {
        List<JsonNode> facts = new ArrayList<>();
        for (Story.Runs runs : backfill.pipelines().values()) {
            for (Attempt attempt : runs.attempts()) {
                if (attempt.stage() == stage) {
                    attempt.facts().path(name).forEach(facts::add);
                }
            }
        }
        return facts;
    }
}
