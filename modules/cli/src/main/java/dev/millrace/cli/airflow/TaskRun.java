package dev.millrace.cli.airflow;

import static dev.millrace.cli.airflow.Addresses.encoded;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;

/**
 * One task of a run in Airflow.
 *
 * @param mapIndex which of several instances it is, -1 where there is one
 * @param tries how often it was tried
 */
public record TaskRun(String dag, String runId, String task, int mapIndex, String state, int tries) {
    public TaskRun {
        requireNonNull(dag, "dag");
        requireNonNull(runId, "runId");
        requireNonNull(task, "task");
        requireNonNull(state, "state");
    }

    static TaskRun of(JsonNode task) {
        return new TaskRun(
                task.path("dag_id").asText(),
                task.path("dag_run_id").asText(),
                task.path("task_id").asText(),
                task.path("map_index").asInt(-1),
                task.path("state").asText(),
                task.path("try_number").asInt());
    }

    public boolean hasFailed() {
        return state.equals("failed");
    }

    /** Where Airflow's user interface shows the log of the last try. */
    String page() {
        String page = "/dags/" + encoded(dag) + "/runs/" + encoded(runId) + "/tasks/" + encoded(task);
        return page + (mapIndex < 0 ? "" : "/mapped/" + mapIndex) + "?try_number=" + tries;
    }

    /** Where the log of the last try is, below the folder of all logs of tasks. */
    Path log(Path logs) {
        Path folder = logs.resolve("dag_id=" + dag).resolve("run_id=" + runId).resolve("task_id=" + task);
        return (mapIndex < 0 ? folder : folder.resolve("map_index=" + mapIndex)).resolve("attempt=" + tries + ".log");
    }
}
