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
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The embedded services of a state folder: Postgres and an S3 server, kept running by a background process. Starting and
 * stopping may be repeated and may be tried by several at once; whatever a crash left behind is cleared away first.
 */
public final class LocalServices {
    private static final Duration TURN = Duration.ofMinutes(3);
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration STOP = Duration.ofSeconds(90);
    private static final long LOG_BYTES = 5L << 20;
    private static final int LAST_LINES = 15;

    private final StateFolder state;

    private LocalServices(StateFolder state) {
        this.state = state;
    }

    /** @param folder where everything of theirs is kept, {@code .millrace} in a project */
    public static LocalServices at(Path folder) {
        return new LocalServices(new StateFolder(folder));
    }

    /** What {@link #up} found or did. */
    public sealed interface Start {
        Services services();

        record Started(Services services) implements Start {}

        record AlreadyUp(Services services) implements Start {}
    }

    /** How the services are. */
    public sealed interface Status {
        record Up(Services services) implements Status {}

        record Down() implements Status {}

        /** Something of them runs, but not all that should; {@link #up} and {@link #down} put it right. */
        record Broken(String why) implements Status {}
    }

    /** What {@link #down} found. */
    public enum Stop {
        STOPPED,
        WAS_DOWN
    }

    /** Where the services process writes what it has to say. */
    public Path log() {
        return state.servicesLog();
    }

    /**
     * Comes back when both services answer.
     *
     * @param say is told, in a sentence, what takes a while
     */
    public Start up(Consumer<String> say) {
        state.create();
        try (FolderLock turn = turn(say)) {
            Status status = status();
            if (status instanceof Status.Up up) {
                return new Start.AlreadyUp(up.services());
            }
            if (status instanceof Status.Broken broken) {
                say.accept(broken.why() + " Starting anew.");
                clear();
            }
            return new Start.Started(launch());
        } catch (IOException e) {
            throw new UncheckedIOException("The services of " + state.root() + " could not be started", e);
        }
    }

    /**
     * Comes back when no process of theirs is left.
     *
     * @param say is told, in a sentence, what takes a while
     */
    public Stop down(Consumer<String> say) {
        if (!Files.isDirectory(state.root())) {
            return Stop.WAS_DOWN;
        }
        try (FolderLock turn = turn(say)) {
            return clear() ? Stop.STOPPED : Stop.WAS_DOWN;
        } catch (IOException e) {
            throw new UncheckedIOException("The services of " + state.root() + " could not be stopped", e);
        }
    }

    /** Asks both services, if they should be there. */
    public Status status() {
        try {
            if (!FolderLock.isHeld(state.runningLock())) {
                List<Long> left = new PostgresProcesses(state.postgresData()).running();
                return left.isEmpty()
                        ? new Status.Down()
                        : new Status.Broken("The services process has died and Postgres runs without it (process "
                                + left.get(0) + ").");
            }
            Optional<Services> services = new ServicesFile(state.servicesFile()).read();
            if (services.isEmpty()) {
                return new Status.Broken("The services process is starting or stopping, or hangs.");
            }
            Optional<String> why = PostgresServer.probe(services.get().postgres())
                    .or(() -> S3Server.probe(services.get().s3()));
            if (why.isPresent()) {
                return new Status.Broken("The services process runs, but " + why.get() + ".");
            }
            return new Status.Up(services.get());
        } catch (IOException e) {
            throw new UncheckedIOException("The state folder " + state.root() + " cannot be read", e);
        }
    }

    private FolderLock turn(Consumer<String> say) throws IOException {
        return FolderLock.take(
                state.turnLock(),
                TURN,
                () -> say.accept("Another command is starting or stopping the services of " + state.root()
                        + ": waiting for it."));
    }

    /** True if there was a process to stop. */
    private boolean clear() throws IOException {
        boolean stopped = stopServicesProcess();
        stopped |= new PostgresProcesses(state.postgresData()).stop();
        new ServicesFile(state.servicesFile()).remove();
        return stopped;
    }

    private boolean stopServicesProcess() throws IOException {
        if (!FolderLock.isHeld(state.runningLock())) {
            return false;
        }
        OptionalLong pid = FolderLock.pid(state.runningLock());
        Optional<ProcessHandle> process =
                pid.isPresent() ? ProcessHandle.of(pid.getAsLong()) : Optional.<ProcessHandle>empty();
        if (process.isPresent()
                && process.get().pid() == ProcessHandle.current().pid()) {
            throw new JobException(
                    ExitCode.USAGE, "The services of " + state.root() + " run in this process: it ends them itself.");
        }
        process.ifPresent(ProcessHandle::destroy);
        if (!Pause.until(this::isLockFree, STOP)) {
            process.ifPresent(ProcessHandle::destroyForcibly);
            if (!Pause.until(this::isLockFree, STOP)) {
                throw new JobException(
                        ExitCode.TEMPORARY,
                        "The services process " + (pid.isPresent() ? pid.getAsLong() : "(unknown)")
                                + " does not stop: see " + state.servicesLog() + ".");
            }
        }
        return true;
    }

    private boolean isLockFree() {
        try {
            return !FolderLock.isHeld(state.runningLock());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Services launch() throws IOException {
        rotateLog();
        long before = Files.exists(state.servicesLog()) ? Files.size(state.servicesLog()) : 0;
        new ServicesFile(state.servicesFile()).remove();
        ProcessBuilder builder = new ProcessBuilder(command());
        builder.environment().put("MILLRACE_LOG", "text");
        Process process = builder.directory(state.root().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(state.servicesLog().toFile()))
                .redirectErrorStream(true)
                .start();
        Pause.until(() -> !process.isAlive() || Files.exists(state.servicesFile()), START);
        Optional<Services> services = new ServicesFile(state.servicesFile()).read();
        if (services.isEmpty()) {
            process.destroy();
            throw new JobException(
                    ExitCode.USAGE,
                    "The local services did not start. The end of " + state.servicesLog() + ":\n" + endOfLog(before));
        }
        return services.get();
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "umask 077; exec \"$@\"", "sh"));
        // A session of its own: Ctrl-C at a terminal is meant for the command that waits, not for the services.
        Path setsid = Path.of("/usr/bin/setsid");
        if (Files.isExecutable(setsid)) {
            command.add(setsid.toString());
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-Xmx512m");
        command.add("-Djava.io.tmpdir=" + state.temporary());
        command.add("-cp");
        command.add(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator)));
        command.add(LocalServicesMain.class.getName());
        command.add(state.root().toString());
        return command;
    }

    private void rotateLog() throws IOException {
        for (Path log : List.of(state.servicesLog(), state.postgresLog())) {
            if (Files.exists(log) && Files.size(log) > LOG_BYTES) {
                Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private String endOfLog(long before) throws IOException {
        byte[] log = Files.readAllBytes(state.servicesLog());
        int from = Math.toIntExact(Math.min(before, log.length));
        List<String> lines = new String(log, from, log.length - from, StandardCharsets.UTF_8)
                .lines()
                .toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }
}
