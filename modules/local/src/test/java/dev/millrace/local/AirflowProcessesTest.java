package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class AirflowProcessesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final List<Process> started = new ArrayList<>();

    @TempDir
    private Path folder = Path.of("");

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void stopsProgramsAndWhatTheyStartedAndNobodyElse() throws IOException {
        StateFolder ours = new StateFolder(folder.resolve("ours"));
        AirflowProcesses processes = new AirflowProcesses(ours);
        Process program = start(ours, "scheduler", "trap '' TERM; sleep 300 & wait");
        Process stranger = start(new StateFolder(folder.resolve("another")), "scheduler", "exec sleep 300");
        assertThat(Pause.until(() -> processes.running().size() == 2, SOON)).isTrue();

        assertThat(processes.stop()).isTrue();

        assertThat(processes.running()).isEmpty();
        assertThat(program.isAlive()).isFalse();
        assertThat(stranger.isAlive()).isTrue();
        assertThat(processes.stop()).isFalse();
    }

    @Test
    void findsWhatAProgramThatDiedLeftBehind() throws IOException {
        StateFolder ours = new StateFolder(folder.resolve("ours"));
        AirflowProcesses processes = new AirflowProcesses(ours);
        Process scheduler = start(ours, "scheduler", "sleep 300 & wait");
        Process server = start(ours, "api-server", "exec sleep 300");
        assertThat(Pause.until(() -> processes.running().size() == 3, SOON)).isTrue();
        scheduler.destroyForcibly();
        assertThat(Pause.until(() -> !scheduler.isAlive(), SOON)).isTrue();
        assertThat(processes.running()).as("the task outlives its scheduler").hasSize(2);

        processes.killRemainsOf(AirflowProgram.SCHEDULER);

        assertThat(Pause.until(() -> processes.running().size() == 1, SOON)).isTrue();
        assertThat(processes.running()).containsExactly(server.toHandle());
    }

    private Process start(StateFolder state, String program, String script) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script);
        builder.environment().put(AirflowProcesses.MARK, state.airflow().toString());
        builder.environment().put(AirflowProcesses.PROGRAM, program);
        Process process = builder.start();
        started.add(process);
        return process;
    }
}
