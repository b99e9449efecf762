package dev.millrace.cli.airflow;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One run of a pipeline in Airflow. */
public record DagRun(
        String runId,
        Instant logicalDate,
        String type,
        String state,
        Optional<Instant> started,
        Optional<Instant> ended) {

    public DagRun {
        requireNonNull(runId, "runId");
        requireNonNull(logicalDate, "logicalDate");
        requireNonNull(type, "type");
        requireNonNull(state, "state");
        requireNonNull(started, "started");
        requireNonNull(ended, "ended");
    }

    static DagRun of(JsonNode run) {
        return new DagRun(
                run.path("dag_run_id").asText(),
                time(run.path("logical_date"))
                        .or(() -> time(run.path("run_after")))
                        .orElse(Instant.EPOCH),
                run.path("run_type").asText(),
                run.path("state").asText(),
                time(run.path("start_date")),
                time(run.path("end_date")));
    }

    private static Optional<Instant> time(JsonNode text) {
        return text.isTextual() ? Optional.of(Instant.parse(text.asText())) : Optional.empty();
    }

    public boolean hasEnded() {
        return hasSucceeded() || hasFailed();
    }

    public boolean hasSucceeded() {
        return state.equals("success");
    }

    public boolean hasFailed() {
        return state.equals("failed");
    }

    public Duration took() {
        return started.flatMap(start -> ended.map(end -> Duration.between(start, end)))
                .orElse(Duration.ZERO);
    }
}
