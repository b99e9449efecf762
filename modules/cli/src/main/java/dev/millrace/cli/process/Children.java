package dev.millrace.cli.process;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The processes that this one has started. They end with it, also where it is told to stop by a signal. */
public final class Children {
    private static final int PATIENCE_SECONDS = 10;

    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    /** Children that are stopped when this process is. */
    public static Children ofThisProcess() {
        Children children = new Children();
        Runtime.getRuntime().addShutdownHook(new Thread(children::stop, "children"));
        return children;
    }

    /** How a process ended and what it printed. */
    public record Ended(int code, String output) {}

    /**
     * Runs a process to its end, without standard input. Its log goes where ours does; with a listener, each line of it goes
     * there instead.
     */
    public Ended run(List<String> command, Map<String, String> variables, Consumer<String> listener) {
        Process process = start(command, variables, Redirect.PIPE, Redirect.PIPE);
        Thread log = new Thread(() -> readLines(process, listener), "log");
        log.start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = await(process);
            log.join();
            return new Ended(code, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            running.remove(process);
        }
    }

    /** Runs a process that prints for itself; gives back its exit code. */
    public int show(List<String> command, Map<String, String> variables) {
        Process process = start(command, variables, Redirect.INHERIT, Redirect.INHERIT);
        try {
            return await(process);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            running.remove(process);
        }
    }

    private Process start(List<String> command, Map<String, String> variables, Redirect output, Redirect log) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(variables);
        try {
            Process process = builder.redirectInput(Redirect.from(new File("/dev/null")))
                    .redirectOutput(output)
                    .redirectError(log)
                    .start();
            running.add(process);
            return process;
        } catch (IOException e) {
            throw new JobException(ExitCode.USAGE, "Cannot start " + command.get(0) + ": " + e.getMessage(), e);
        }
    }

    private static int await(Process process) throws InterruptedException {
        return process.waitFor();
    }

    private static void readLines(Process process, Consumer<String> listener) {
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            while (line != null) {
                listener.accept(line);
                line = lines.readLine();
            }
        } catch (IOException closed) {
            // The process was stopped while it was telling something.
        }
    }

    private static JobException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new JobException(ExitCode.TEMPORARY, "Interrupted while a job ran.", e);
    }

    private void stop() {
        running.forEach(Process::destroy);
        for (Process process : running) {
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
            }
        }
    }
}
