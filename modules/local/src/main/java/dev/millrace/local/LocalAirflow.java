package dev.millrace.local;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The Airflow of a state folder, kept running by a background process. Its metadata lies in the Postgres of the services,
 * which must be up. Starting and stopping may be repeated and may be tried by several at once; whatever a crash left behind is
 * cleared away first.
 */
public final class LocalAirflow {
    private static final Duration TURN = Duration.ofMinutes(8);
    private static final Duration START = Duration.ofMinutes(10);
    private static final int MEGABYTES = 64;

    private final StateFolder state;
    private final BackgroundProcess process;

    private LocalAirflow(StateFolder state) {
        this.state = state;
        this.process = new BackgroundProcess(
                LocalAirflowMain.class, "Airflow", state, state.airflowLock(), state.airflowLog());
    }

    /** @param folder where everything of the services is kept, {@code .millrace} in a project */
    public static LocalAirflow at(Path folder) {
        return new LocalAirflow(new StateFolder(folder));
    }

    /** What {@link #up} found or did. */
    public sealed interface Start {
        AirflowAccess access();

        record Started(AirflowAccess access) implements Start {}

        record AlreadyUp(AirflowAccess access) implements Start {}
    }

    /** How Airflow is. */
    public sealed interface Status {
        record Up(AirflowAccess access) implements Status {}

        record Down() implements Status {}

        /** Something of it runs, but not all that should; {@link #up} and {@link #down} put it right. */
        record Broken(String why) implements Status {}
    }

    /** Where the watching process writes what it has to say. */
    public Path log() {
        return state.airflowLog();
    }

    /**
     * Comes back when all of Airflow is healthy. One that was started to run something else is started anew.
     *
     * @param say is told, in a sentence, what takes a while
     */
    public Start up(AirflowSettings settings, Consumer<String> say) {
        state.create();
        try (FolderLock turn = turn(say)) {
            Services services = new ServicesFile(state.servicesFile())
                    .read()
                    .orElseThrow(() -> new JobException(
                            ExitCode.TEMPORARY, "The services of " + state.root() + " are not up: start them first."));
            Status status = status();
            if (status instanceof Status.Up up) {
                if (up.access().madeOf().equals(RunningAirflow.madeOf(settings, services.postgres()))) {
                    return new Start.AlreadyUp(up.access());
                }
                say.accept("Airflow runs with other settings: starting anew.");
            }
            if (status instanceof Status.Broken broken) {
                say.accept(broken.why() + " Starting anew.");
            }
            clear();
            say.accept("Starting Airflow; this takes half a minute.");
            return new Start.Started(launch(settings));
        } catch (IOException e) {
            throw new UncheckedIOException("Airflow of " + state.root() + " could not be started", e);
        }
    }

    /**
     * Comes back when no process of Airflow is left, nor of the tasks that it ran.
     *
     * @param say is told, in a sentence, what takes a while
     */
    public LocalServices.Stop down(Consumer<String> say) {
        if (!Files.isDirectory(state.root())) {
            return LocalServices.Stop.WAS_DOWN;
        }
        try (FolderLock turn = turn(say)) {
            return clear() ? LocalServices.Stop.STOPPED : LocalServices.Stop.WAS_DOWN;
        } catch (IOException e) {
            throw new UncheckedIOException("Airflow of " + state.root() + " could not be stopped", e);
        }
    }

    /** Asks all of it, if it should be there. */
    public Status status() {
        try {
            if (!FolderLock.isHeld(state.airflowLock())) {
                List<ProcessHandle> left = new AirflowProcesses(state).running();
                return left.isEmpty()
                        ? new Status.Down()
                        : new Status.Broken(
                                "The process that watches over Airflow has died, and Airflow runs without it"
                                        + " (process " + left.get(0).pid() + ").");
            }
            Optional<AirflowAccess> access = new AirflowFile(state.airflowFile()).read();
            if (access.isEmpty()) {
                return new Status.Broken("Airflow is starting or stopping, or hangs.");
            }
            Optional<String> why = AirflowHealth.ask(access.get().address());
            if (why.isPresent()) {
                return new Status.Broken("Airflow runs, but " + why.get() + ".");
            }
            return new Status.Up(access.get());
        } catch (IOException e) {
            throw new UncheckedIOException("The state folder " + state.root() + " cannot be read", e);
        }
    }

    private FolderLock turn(Consumer<String> say) throws IOException {
        return FolderLock.take(
                state.airflowTurnLock(),
                TURN,
                () -> say.accept(
                        "Another command is starting or stopping Airflow of " + state.root() + ": waiting for it."));
    }

    /** True if there was a process to stop. */
    private boolean clear() throws IOException {
        boolean stopped = process.stop();
        stopped |= new AirflowProcesses(state).stop();
        new AirflowFile(state.airflowFile()).remove();
        return stopped;
    }

    private AirflowAccess launch(AirflowSettings settings) throws IOException {
        new AirflowFile(state.airflowFile()).remove();
        List<String> arguments = new ArrayList<>(List.of(state.root().toString()));
        arguments.addAll(settings.arguments());
        Optional<String> why = process.launch(MEGABYTES, arguments, List.of(), state.airflowFile(), START);
        if (why.isPresent()) {
            clear();
            throw new JobException(
                    ExitCode.USAGE, "Airflow did not start. The end of " + state.airflowLog() + ":\n" + why.get());
        }
        return new AirflowFile(state.airflowFile()).read().orElseThrow();
    }
}
