package dev.millrace.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The processes of one Airflow: its programs, the tasks that these run, and the jobs that the tasks run. They are told by a
 * mark in their environment, which children inherit however their parents ended. Where there is no {@code /proc} to ask,
 * those that were noted down and their children count.
 */
final class AirflowProcesses {
    /** Its value is Airflow's folder. */
    static final String MARK = "MILLRACE_AIRFLOW";
    /** Its value is the program that the process belongs to. */
    static final String PROGRAM = "MILLRACE_AIRFLOW_PROGRAM";

    private static final Path PROC = Path.of("/proc");
    /** A scheduler that is told to stop waits for its tasks; after this time the tasks are told, too. */
    private static final Duration ASKED = Duration.ofSeconds(10);

    private static final Duration TOLD = Duration.ofSeconds(5);
    private static final Duration KILLED = Duration.ofSeconds(10);

    private final Path folder;
    private final Path noted;

    AirflowProcesses(StateFolder state) {
        this.folder = state.airflow();
        this.noted = state.airflowPids();
    }

    /** Writes down what was started, for machines without {@code /proc}. */
    void note(List<ProcessHandle> processes) throws IOException {
        List<String> lines = new ArrayList<>();
        for (ProcessHandle process : processes) {
            lines.add(process.pid() + " " + started(process));
        }
        Files.write(noted, lines);
    }

    List<ProcessHandle> running() {
        return Files.isDirectory(PROC) ? marked(List.of(MARK + "=" + folder)) : notedOnes();
    }

    /** Ends what a program that died has left behind: its tasks cannot report to anybody any more. */
    void killRemainsOf(AirflowProgram program) {
        if (Files.isDirectory(PROC)) {
            marked(List.of(MARK + "=" + folder, PROGRAM + "=" + program.word()))
                    .forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** Asks the programs first, then all that is left, and then does not ask. True if there was one. */
    boolean stop() {
        if (running().isEmpty()) {
            return false;
        }
        boolean gone = stop(this::programs, ProcessHandle::destroy, ASKED)
                || stop(this::running, ProcessHandle::destroy, TOLD)
                || stop(this::running, ProcessHandle::destroyForcibly, KILLED);
        if (!gone) {
            throw new IllegalStateException("Processes of " + folder + " do not stop: "
                    + running().stream().map(ProcessHandle::pid).toList());
        }
        return true;
    }

    private boolean stop(Supplier<List<ProcessHandle>> which, Consumer<ProcessHandle> how, Duration patience) {
        which.get().forEach(how);
        return Pause.until(() -> running().isEmpty(), patience);
    }

    /** Those that no other of them started. */
    private List<ProcessHandle> programs() {
        List<ProcessHandle> all = running();
        Set<Long> pids =
                new LinkedHashSet<>(all.stream().map(ProcessHandle::pid).toList());
        return all.stream()
                .filter(process -> process.parent()
                        .filter(parent -> pids.contains(parent.pid()))
                        .isEmpty())
                .toList();
    }

    private static List<ProcessHandle> marked(List<String> marks) {
        List<ProcessHandle> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (variables(process).containsAll(marks)) {
                    ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                            .ifPresent(found::add);
                }
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
            // Processes come and go while one looks: whoever asks does so again.
        }
        return found;
    }

    /** None where the process is somebody else's, or has gone. */
    private static Set<String> variables(Path process) {
        try {
            return new LinkedHashSet<>(
                    List.of(new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.UTF_8)
                            .split("\0", -1)));
        } catch (IOException e) {
            return Set.of();
        }
    }

    private List<ProcessHandle> notedOnes() {
        Set<ProcessHandle> found = new LinkedHashSet<>();
        try {
            for (String line : Files.readAllLines(noted)) {
                String[] parts = line.split(" ", 2);
                ProcessHandle.of(Long.parseLong(parts[0]))
                        .filter(ProcessHandle::isAlive)
                        .filter(process -> started(process).equals(parts[1]))
                        .ifPresent(process -> {
                            found.add(process);
                            process.descendants().forEach(found::add);
                        });
            }
        } catch (IOException | RuntimeException e) {
            // Nothing was started here, or the note is not whole.
        }
        return List.copyOf(found);
    }

    private static String started(ProcessHandle process) {
        Optional<Instant> start = process.info().startInstant();
        return start.map(Instant::toString).orElse("");
    }
}
