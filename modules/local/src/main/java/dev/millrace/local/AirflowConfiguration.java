package dev.millrace.local;

import static java.util.Map.entry;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.local.Services.PostgresAccess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What Airflow is told: its configuration file, who may log in, and the environment of its processes. */
final class AirflowConfiguration {
    static final String DATABASE = "airflow";
    static final String USER = "admin";

    /** How long after its last sign of life a part of Airflow counts as dead. */
    private static final String SIGN_OF_LIFE_SECONDS = "30";

    private final StateFolder state;
    private final AirflowSettings settings;
    private final AirflowIdentity identity;
    private final PostgresAccess postgres;

    AirflowConfiguration(
            StateFolder state, AirflowSettings settings, AirflowIdentity identity, PostgresAccess postgres) {
        this.state = state;
        this.settings = settings;
        this.identity = identity;
        this.postgres = postgres;
    }

    String address() {
        return "http://" + Loopback.HOST + ":" + identity.port();
    }

    void write() throws IOException {
        StringBuilder text = new StringBuilder("# Written anew at every start of Airflow by millrace up.\n");
        sections().forEach((section, options) -> {
            text.append('\n').append('[').append(section).append("]\n");
            // A percent sign would begin the name of another option.
            options.forEach((name, value) -> text.append(name)
                    .append(" = ")
                    .append(value.replace("%", "%%"))
                    .append('\n'));
        });
        StateFolder.writePrivately(state.airflowConfiguration(), text.toString().getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream passwords = new ByteArrayOutputStream();
        try (JsonGenerator json = FlatJson.FACTORY.createGenerator(passwords)) {
            json.writeStartObject();
            json.writeStringField(USER, identity.password());
            json.writeEndObject();
        }
        StateFolder.writePrivately(state.airflowPasswords(), passwords.toByteArray());
    }

    private Map<String, Map<String, String>> sections() {
        Map<String, Map<String, String>> sections = new LinkedHashMap<>();
        sections.put(
                "core",
                Map.ofEntries(
                        entry("dags_folder", settings.dags().toString()),
                        entry("load_examples", "False"),
                        entry("executor", "LocalExecutor"),
                        entry(
                                "parallelism",
                                Integer.toString(
                                        Math.max(4, 2 * Runtime.getRuntime().availableProcessors()))),
                        entry("dags_are_paused_at_creation", "True"),
                        entry("fernet_key", identity.fernetKey()),
                        entry("execution_api_server_url", address() + "/execution/"),
                        entry("simple_auth_manager_users", USER + ":admin"),
                        entry(
                                "simple_auth_manager_passwords_file",
                                state.airflowPasswords().toString())));
        sections.put(
                "database",
                Map.of(
                        "sql_alchemy_conn",
                        "postgresql+psycopg2://" + postgres.user() + ":" + postgres.password() + "@" + postgres.host()
                                + ":" + postgres.port() + "/" + DATABASE));
        sections.put(
                "logging", Map.of("base_log_folder", state.airflowTaskLogs().toString()));
        sections.put(
                "api",
                Map.of(
                        "base_url", address(),
                        "host", Loopback.HOST,
                        "port", Integer.toString(identity.port()),
                        "secret_key", identity.tokenSecret()));
        sections.put("api_auth", Map.of("jwt_secret", identity.tokenSecret()));
        sections.put(
                "scheduler",
                Map.of(
                        "use_job_schedule",
                        settings.scheduled() ? "True" : "False",
                        // After a crash the tasks of the former scheduler are taken over in half a minute, not in five.
                        "scheduler_health_check_threshold",
                        SIGN_OF_LIFE_SECONDS,
                        "orphaned_tasks_check_interval",
                        SIGN_OF_LIFE_SECONDS,
                        "task_instance_heartbeat_timeout",
                        "60",
                        "enable_health_check",
                        "False"));
        sections.put("dag_processor", Map.of("parsing_processes", "1"));
        sections.put("usage_data_collection", Map.of("enabled", "False"));
        return sections;
    }

    /** Changes the environment that a process of Airflow would inherit from us. */
    void prepare(Map<String, String> variables, String program) {
        // Settings of another Airflow that this user works with would go before the file, its database among them.
        variables.keySet().removeIf(name -> name.startsWith("AIRFLOW_"));
        variables.keySet().removeAll(Set.of("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME"));
        variables.put("AIRFLOW_HOME", state.airflow().toString());
        variables.put("AIRFLOW_CONFIG", state.airflowConfiguration().toString());
        variables.put("VIRTUAL_ENV", settings.packages().toString());
        variables.put("PATH", settings.program("").getParent() + ":" + variables.getOrDefault("PATH", "/usr/bin:/bin"));
        variables.merge("NO_PROXY", Loopback.HOST, (others, ours) -> others + "," + ours);
        variables.put("no_proxy", variables.getOrDefault("NO_PROXY", Loopback.HOST));
        variables.put(AirflowProcesses.MARK, state.airflow().toString());
        variables.put(AirflowProcesses.PROGRAM, program);
        // Airflow names its processes; without this, by writing over the environment that the mark is in.
        variables.put("SPT_NOENV", "1");
        variables.put("JAVA_HOME", System.getProperty("java.home"));
        variables.put("MILLRACE_HOME", settings.home().toString());
        variables.put("MILLRACE_PROJECT", settings.project().toString());
        variables.put("MILLRACE_PIPELINES", settings.pipelines().toString());
        variables.put("MILLRACE_STATE", state.root().toString());
        settings.environment().ifPresent(name -> variables.put("MILLRACE_ENV", name));
    }

    Path taskLogs() {
        return state.airflowTaskLogs();
    }
}
