package dev.millrace.cli.airflow;

import static dev.millrace.cli.airflow.Addresses.encoded;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Airflow's REST interface, as far as we need it. */
public final class AirflowClient {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int SERVER_ERROR = 500;
    private static final int HUNDRED = 100;
    private static final int PAGE = 100;
    private static final int SHOWN = 300;

    // Airflow's server refuses requests that offer to go on in HTTP/2.
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final AirflowServer server;
    private String token = "";

    public AirflowClient(AirflowServer server) {
        this.server = server;
    }

    public AirflowServer server() {
        return server;
    }

    /** Whether a pipeline is switched off; empty where Airflow does not know the pipeline. */
    public Optional<Boolean> isPaused(String dag) {
        Answer answer = call("GET", "/api/v2/dags/" + encoded(dag), Optional.empty());
        return answer.status == NOT_FOUND
                ? Optional.empty()
                : Optional.of(answer.orFail().path("is_paused").asBoolean());
    }

    public void unpause(String dag) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("is_paused", false);
        call("PATCH", "/api/v2/dags/" + encoded(dag) + "?update_mask=is_paused", Optional.of(body))
                .orFail();
    }

    /** What Airflow could not make of the files with pipelines: the last line of each error. */
    public List<String> importErrors() {
        List<String> errors = new ArrayList<>();
        for (JsonNode error : call("GET", "/api/v2/importErrors?limit=" + PAGE, Optional.empty())
                .orFail()
                .path("import_errors")) {
            String trace = error.path("stack_trace").asText().strip();
            errors.add(error.path("filename").asText() + ": " + trace.substring(trace.lastIndexOf('\n') + 1));
        }
        return errors;
    }

    /** Where the intervals begin of which a backfill would make runs. */
    public List<Instant> intervals(BackfillRequest request) {
        List<Instant> begins = new ArrayList<>();
        for (JsonNode run : call("POST", "/api/v2/backfills/dry_run", Optional.of(body(request)))
                .orFail()
                .path("backfills")) {
            begins.add(Instant.parse(run.path("logical_date").asText()));
        }
        return begins;
    }

    /** Gives back the backfill's number; empty where another one of the pipeline is open. */
    public OptionalLong create(BackfillRequest request) {
        Answer answer = call("POST", "/api/v2/backfills", Optional.of(body(request)));
        return answer.status == CONFLICT
                ? OptionalLong.empty()
                : OptionalLong.of(answer.orFail().path("id").asLong());
    }

    /** A backfill that Airflow takes for one under way: it looks twice a minute whether all runs have ended. */
    public record OpenBackfill(long number, Instant from, Instant to) {
        public OpenBackfill {
            requireNonNull(from, "from");
            requireNonNull(to, "to");
        }
    }

    public Optional<OpenBackfill> openBackfill(String dag) {
        for (JsonNode backfill : call(
                        "GET",
                        "/api/v2/backfills?dag_id=" + encoded(dag) + "&order_by=-id&limit=" + PAGE,
                        Optional.empty())
                .orFail()
                .path("backfills")) {
            if (backfill.path("completed_at").isNull()) {
                return Optional.of(new OpenBackfill(
                        backfill.path("id").asLong(),
                        Instant.parse(backfill.path("from_date").asText()),
                        Instant.parse(backfill.path("to_date").asText())));
            }
        }
        return Optional.empty();
    }

    /** The runs of a backfill that have not begun will not; does nothing to one that is over. */
    public void cancel(long backfill) {
        Answer answer = call("PUT", "/api/v2/backfills/" + backfill + "/cancel", Optional.empty());
        if (answer.status != CONFLICT) {
            answer.orFail();
        }
    }

    /** Its tasks are ended, those that have not begun do not. */
    public void fail(String dag, String runId) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("state", "failed");
        call("PATCH", "/api/v2/dags/" + encoded(dag) + "/dagRuns/" + encoded(runId), Optional.of(body))
                .orFail();
    }

    /** Runs whose intervals begin between these, in their order. */
    public List<DagRun> runs(String dag, Instant from, Instant to) {
        List<DagRun> runs = new ArrayList<>();
        long total;
        do {
            JsonNode page = call(
                            "GET",
                            "/api/v2/dags/" + encoded(dag) + "/dagRuns?order_by=logical_date&logical_date_gte="
                                    + encoded(from.toString()) + "&logical_date_lt=" + encoded(to.toString())
                                    + "&limit=" + PAGE + "&offset=" + runs.size(),
                            Optional.empty())
                    .orFail();
            total = page.path("total_entries").asLong();
            if (page.path("dag_runs").isEmpty()) {
                break;
            }
            page.path("dag_runs").forEach(run -> runs.add(DagRun.of(run)));
        } while (runs.size() < total);
        return runs;
    }

    /** The runs that began last, newest first. */
    public List<DagRun> latest(String dag, int atMost) {
        List<DagRun> runs = new ArrayList<>();
        call("GET", "/api/v2/dags/" + encoded(dag) + "/dagRuns?order_by=-start_date&limit=" + atMost, Optional.empty())
                .orFail()
                .path("dag_runs")
                .forEach(run -> runs.add(DagRun.of(run)));
        return runs;
    }

    public List<TaskRun> tasks(String dag, String runId) {
        List<TaskRun> tasks = new ArrayList<>();
        call(
                        "GET",
                        "/api/v2/dags/" + encoded(dag) + "/dagRuns/" + encoded(runId) + "/taskInstances?limit=" + PAGE,
                        Optional.empty())
                .orFail()
                .path("task_instances")
                .forEach(task -> tasks.add(TaskRun.of(task)));
        return tasks;
    }

    private static ObjectNode body(BackfillRequest request) {
        // Airflow's end is inclusive, ours is not.
        return JsonNodeFactory.instance
                .objectNode()
                .put("dag_id", request.pipeline())
                .put("from_date", request.from().toString())
                .put("to_date", request.to().minusMillis(1).toString())
                .put("reprocess_behavior", request.reprocess().word())
                .put("max_active_runs", request.activeRuns());
    }

    private record Answer(String what, int status, String text) {
        JsonNode orFail() {
            if (status / HUNDRED == 2) {
                try {
                    return MAPPER.readTree(text);
                } catch (JsonProcessingException e) {
                    throw new JobException(ExitCode.TEMPORARY, "Airflow answered " + what + " with no JSON.", e);
                }
            }
            throw new JobException(
                    status >= SERVER_ERROR ? ExitCode.TEMPORARY : ExitCode.USAGE,
                    "Airflow answered " + what + " with " + status + ": " + detail());
        }

        private String detail() {
            try {
                JsonNode detail = MAPPER.readTree(text).path("detail");
                String said = detail.isTextual() ? detail.asText() : detail.toString();
                return said.substring(0, Math.min(SHOWN, said.length()));
            } catch (JsonProcessingException e) {
                return text.substring(0, Math.min(SHOWN, text.length()));
            }
        }
    }

    private synchronized Answer call(String method, String path, Optional<JsonNode> body) {
        if (token.isEmpty()) {
            token = login();
        }
        Answer answer = send(method, path, body, token);
        if (answer.status == UNAUTHORIZED) {
            token = login();
            answer = send(method, path, body, token);
        }
        return answer;
    }

    private String login() {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("username", server.user())
                .put("password", server.password());
        return send("POST", "/auth/token", Optional.of(body), "")
                .orFail()
                .path("access_token")
                .asText();
    }

    private Answer send(String method, String path, Optional<JsonNode> body, String bearer) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.address() + path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .method(
                        method,
                        body.map(node -> HttpRequest.BodyPublishers.ofString(node.toString()))
                                .orElseGet(HttpRequest.BodyPublishers::noBody));
        if (!bearer.isEmpty()) {
            request.header("Authorization", "Bearer " + bearer);
        }
        String what = method + " " + path.replaceFirst("\\?.*", "");
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(what, response.statusCode(), response.body());
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.TEMPORARY,
                    "Airflow at " + server.address() + " does not answer " + what + ": see ./millrace status.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ExitCode.TEMPORARY, "Interrupted while Airflow was asked.", e);
        }
    }
}
