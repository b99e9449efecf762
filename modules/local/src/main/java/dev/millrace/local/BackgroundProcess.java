package dev.millrace.local;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A main class of this module that runs beside whoever started it, for as long as it is wanted. It holds a lock while it
 * lives, which says whether it runs however it ended.
 */
final class BackgroundProcess {
    private static final Duration STOP = Duration.ofSeconds(90);
    private static final long LOG_BYTES = 5L << 20;
    private static final int LAST_LINES = 15;

    private final Class<?> main;
    private final String name;
    private final StateFolder state;
    private final Path lock;
    private final Path log;

    /** @param name as people know it */
    BackgroundProcess(Class<?> main, String name, StateFolder state, Path lock, Path log) {
        this.main = main;
        this.name = name;
        this.state = state;
        this.lock = lock;
        this.log = log;
    }

    /**
     * Comes back as soon as the process has written its file, or has ended.
     *
     * @param otherLogs that grow with it
     * @param ready the file that the process writes when it is up
     * @return the end of its log, where it did not come up
     */
    Optional<String> launch(int megabytes, List<String> arguments, List<Path> otherLogs, Path ready, Duration patience)
            throws IOException {
        for (Path each : Stream.concat(Stream.of(log), otherLogs.stream()).toList()) {
            rotate(each);
        }
        long before = Files.exists(log) ? Files.size(log) : 0;
        ProcessBuilder builder = new ProcessBuilder(command(megabytes, arguments));
        builder.environment().put("MILLRACE_LOG", "text");
        Process process = builder.directory(state.root().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectErrorStream(true)
                .start();
        Pause.until(() -> !process.isAlive() || Files.exists(ready), patience);
        if (Files.exists(ready)) {
            return Optional.empty();
        }
        process.destroy();
        return Optional.of(endOfLog(before));
    }

    /** True if there was one to stop. */
    boolean stop() throws IOException {
        if (!FolderLock.isHeld(lock)) {
            return false;
        }
        OptionalLong pid = FolderLock.pid(lock);
        Optional<ProcessHandle> process =
                pid.isPresent() ? ProcessHandle.of(pid.getAsLong()) : Optional.<ProcessHandle>empty();
        if (process.isPresent()
                && process.get().pid() == ProcessHandle.current().pid()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "The " + name + " of " + state.root() + " run in this process: it ends them itself.");
        }
        process.ifPresent(ProcessHandle::destroy);
        if (!Pause.until(this::isLockFree, STOP)) {
            process.ifPresent(ProcessHandle::destroyForcibly);
            if (!Pause.until(this::isLockFree, STOP)) {
                throw new JobException(
                        ExitCode.TEMPORARY,
                        "The " + name + " process " + (pid.isPresent() ? pid.getAsLong() : "(unknown)")
                                + " does not stop: see " + log + ".");
            }
        }
        return true;
    }

    private boolean isLockFree() {
        try {
            return !FolderLock.isHeld(lock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command(int megabytes, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "umask 077; exec \"$@\"", "sh"));
        // A session of its own: Ctrl-C at a terminal is meant for the command that waits, not for what it started.
        Path setsid = Path.of("/usr/bin/setsid");
        if (Files.isExecutable(setsid)) {
            command.add(setsid.toString());
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-Xmx" + megabytes + "m");
        command.add("-Djava.io.tmpdir=" + state.temporary());
        command.add("-cp");
        command.add(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator)));
        command.add(main.getName());
        command.addAll(arguments);
        return command;
    }

    static void rotate(Path log) throws IOException {
        if (Files.exists(log) && Files.size(log) > LOG_BYTES) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private String endOfLog(long before) throws IOException {
        byte[] bytes = Files.readAllBytes(log);
        int from = Math.toIntExact(Math.min(before, bytes.length));
        List<String> lines = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8)
                .lines()
                .toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }
}
