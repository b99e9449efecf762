package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.Services.PostgresAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AirflowConfigurationTest {
    private static final PostgresAccess POSTGRES =
            new PostgresAccess("127.0.0.1", 5432, "postgres", "deadbeef", "control", "warehouse");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void writesSecretsIntoFilesThatOnlyTheirOwnerReads() throws IOException {
        StateFolder state = state();
        AirflowIdentity identity = AirflowIdentity.ofFolder(state.airflowIdentity());

        configuration(state, identity, folder, true).write();

        for (Path file : new Path[] {state.airflowConfiguration(), state.airflowPasswords(), state.airflowIdentity()}) {
            assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
        assertThat(Files.readString(state.airflowPasswords())).isEqualTo("{\"admin\":\"" + identity.password() + "\"}");
        assertThat(Files.readString(state.airflowConfiguration()))
                .contains("sql_alchemy_conn = postgresql+psycopg2://postgres:deadbeef@127.0.0.1:5432/airflow\n")
                .contains("port = " + identity.port() + "\n")
                .contains("use_job_schedule = True\n")
                .contains("\n[usage_data_collection]\nenabled = False\n");
        assertThat(identity.toString()).doesNotContain(identity.password()).doesNotContain(identity.tokenSecret());
    }

    @Test
    void keepsPortAndSecretsFromOneStartToTheNext() throws IOException {
        StateFolder state = state();

        AirflowIdentity first = AirflowIdentity.ofFolder(state.airflowIdentity());

        assertThat(AirflowIdentity.ofFolder(state.airflowIdentity())).isEqualTo(first);
    }

    @Test
    void takesAPercentSignForNothingButItself() throws IOException {
        StateFolder state = state();
        Path home = folder.resolve("100 %(done)s");

        configuration(state, AirflowIdentity.ofFolder(state.airflowIdentity()), home, false)
                .write();

        assertThat(Files.readString(state.airflowConfiguration()))
                .contains("dags_folder = " + folder.resolve("100 %%(done)s/dags") + "\n")
                .contains("use_job_schedule = False\n");
    }

    @Test
    void handsOnNoSettingOfAnotherAirflow() throws IOException {
        StateFolder state = state();
        Map<String, String> variables = new HashMap<>(Map.of(
                "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://production",
                "PYTHONDONTWRITEBYTECODE", "1",
                "NO_PROXY", "example.com",
                "SECRET_OF_A_PIPELINE", "kept"));

        configuration(state, AirflowIdentity.ofFolder(state.airflowIdentity()), folder, true)
                .prepare(variables, "scheduler");

        assertThat(variables)
                .doesNotContainKeys("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "PYTHONDONTWRITEBYTECODE")
                .containsEntry("SECRET_OF_A_PIPELINE", "kept")
                .containsEntry("NO_PROXY", "example.com,127.0.0.1")
                .containsEntry("AIRFLOW_HOME", state.airflow().toString())
                .containsEntry("MILLRACE_STATE", state.root().toString())
                .containsEntry("MILLRACE_ENV", "local")
                .containsEntry(AirflowProcesses.PROGRAM, "scheduler");
    }

    @Test
    void readsItsSettingsInAnotherProcess() {
        AirflowSettings settings =
                new AirflowSettings(folder, folder.resolve("project"), folder.resolve("venv"), Optional.empty(), false);

        assertThat(AirflowSettings.of(settings.arguments())).isEqualTo(settings);
    }

    private StateFolder state() {
        StateFolder state = new StateFolder(folder.resolve("state"));
        state.create();
        return state;
    }

    private AirflowConfiguration configuration(
            StateFolder state, AirflowIdentity identity, Path home, boolean scheduled) {
        AirflowSettings settings =
                new AirflowSettings(home, home, folder.resolve("venv"), Optional.of("local"), scheduled);
        return new AirflowConfiguration(state, settings, identity, POSTGRES);
    }
}
