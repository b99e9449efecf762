package dev.millrace.cli.airflow;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.job.ExitCode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a backfill came to.
 *
 * @param left runs of the interval that were there already, and were left as they are
 */
public record BackfillReport(BackfillRequest request, List<Ended> runs, int left, TaskLogs logs, Duration took) {
    public BackfillReport {
        requireNonNull(request, "request");
        runs = List.copyOf(runs);
        requireNonNull(logs, "logs");
        requireNonNull(took, "took");
    }

    /** A run that has ended, and those of its tasks that failed. */
    public record Ended(DagRun run, List<TaskRun> failures) {
        public Ended {
            requireNonNull(run, "run");
            failures = List.copyOf(failures);
        }
    }

    public ExitCode exitCode() {
        return runs.stream().allMatch(ended -> ended.run().hasSucceeded()) ? ExitCode.DONE : ExitCode.BROKEN;
    }

    private long failed() {
        return runs.stream().filter(ended -> !ended.run().hasSucceeded()).count();
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format("%s, intervals from %s to %s%n", request.pipeline(), request.from(), request.to()));
        for (Ended ended : runs) {
            DagRun run = ended.run();
            text.append(String.format(
                    Locale.ROOT,
                    "  %s  %-8s %6.1f s%n",
                    run.logicalDate(),
                    run.state(),
                    run.took().toMillis() / 1000.0));
            for (TaskRun failure : ended.failures()) {
                text.append(String.format("    %s failed; its log: %s%n", failure.task(), logs.of(failure)));
            }
        }
        if (left > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %d that %s there already left as %s%n",
                    left,
                    left == 1 ? "was" : "were",
                    left == 1 ? "it is" : "they are"));
        }
        double seconds = took.toMillis() / 1000.0;
        text.append(
                runs.isEmpty()
                        ? String.format("nothing to do; --reprocess completed does the runs again%n")
                        : failed() == 0
                                ? String.format(Locale.ROOT, "done in %.1f s%n", seconds)
                                : String.format(
                                        Locale.ROOT, "%d of %d failed after %.1f s%n", failed(), runs.size(), seconds));
        return text.toString();
    }

    public String json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("pipeline", request.pipeline());
        json.put("from", request.from().toString());
        json.put("to", request.to().toString());
        json.put("exitCode", exitCode().code());
        json.put("seconds", took.toMillis() / 1000.0);
        json.put("left", left);
        json.putArray("runs");
        for (Ended ended : runs) {
            ObjectNode run = json.withArray("/runs")
                    .addObject()
                    .put("runId", ended.run().runId())
                    .put("logicalDate", ended.run().logicalDate().toString())
                    .put("state", ended.run().state())
                    .put("seconds", ended.run().took().toMillis() / 1000.0);
            run.putArray("failed");
            ended.failures()
                    .forEach(failure -> run.withArray("/failed")
                            .addObject()
                            .put("task", failure.task())
                            .put("log", logs.of(failure)));
        }
        return json.toString();
    }
}
