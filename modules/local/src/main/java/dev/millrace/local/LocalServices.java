package dev.millrace.local;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The embedded services of a state folder: Postgres and an S3 server, kept running by a background process. Starting and
 * stopping may be repeated and may be tried by several at once; whatever a crash left behind is cleared away first.
 */
public final class LocalServices {
    private static final Duration TURN = Duration.ofMinutes(3);
    private static final Duration START = Duration.ofMinutes(4);

    private final StateFolder state;
    private final BackgroundProcess process;

    private LocalServices(StateFolder state) {
        this.state = state;
        this.process = new BackgroundProcess(
                LocalServicesMain.class, "services", state, state.runningLock(), state.servicesLog());
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
        boolean stopped = process.stop();
        stopped |= new PostgresProcesses(state.postgresData()).stop();
        new ServicesFile(state.servicesFile()).remove();
        return stopped;
    }

    private Services launch() throws IOException {
        new ServicesFile(state.servicesFile()).remove();
        Optional<String> why = process.launch(
                512, List.of(state.root().toString()), List.of(state.postgresLog()), state.servicesFile(), START);
        if (why.isPresent()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "The local services did not start in " + START.toSeconds() + " s. The end of " + state.servicesLog()
                            + ":\n" + why.get());
        }
        return new ServicesFile(state.servicesFile()).read().orElseThrow();
    }
}
