package dev.millrace.local;

import dev.millrace.job.Digest;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.local.Services.PostgresAccess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Airflow's programs, started and watched by this process until closed. */
final class RunningAirflow implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningAirflow.class);
    private static final Duration HEALTHY = Duration.ofMinutes(4);
    private static final Duration PREPARATION = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** A program that dies at once would otherwise be started without end. */
    private static final Duration BEFORE_RESTART = Duration.ofSeconds(2);

    private final StateFolder state;
    private final AirflowSettings settings;
    private final AirflowConfiguration configuration;
    private final AirflowProcesses processes;
    private final AirflowFile file;
    private final Map<AirflowProgram, Process> programs = new EnumMap<>(AirflowProgram.class);
    private final AtomicBoolean closed = new AtomicBoolean();

    private RunningAirflow(
            StateFolder state, AirflowSettings settings, AirflowConfiguration configuration, AirflowFile file) {
        this.state = state;
        this.settings = settings;
        this.configuration = configuration;
        this.processes = new AirflowProcesses(state);
        this.file = file;
    }

    /** Comes back once every part of it is healthy; only then is there a file that says so. */
    static RunningAirflow start(StateFolder state, AirflowSettings settings, PostgresAccess postgres, Clock clock) {
        try {
            new AirflowProcesses(state).stop();
            AirflowFile file = new AirflowFile(state.airflowFile());
            file.remove();
            AirflowIdentity identity = AirflowIdentity.ofFolder(state.airflowIdentity());
            AirflowConfiguration configuration = new AirflowConfiguration(state, settings, identity, postgres);
            configuration.write();
            RunningAirflow running = new RunningAirflow(state, settings, configuration, file);
            boolean up = false;
            try {
                boolean prepared = running.prepareMetadata(postgres);
                running.startAll();
                if (prepared) {
                    // While they start: nothing runs before Airflow is said to be up.
                    running.makePools();
                }
                running.awaitHealth();
                file.write(new AirflowAccess(
                        configuration.address(),
                        AirflowConfiguration.USER,
                        identity.password(),
                        configuration.taskLogs(),
                        madeOf(settings, postgres),
                        ProcessHandle.current().pid(),
                        clock.instant()));
                up = true;
                return running;
            } finally {
                if (!up) {
                    running.close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Airflow of " + state.root() + " did not start", e);
        }
    }

    /** Equal for two starts that make the same Airflow. */
    static String madeOf(AirflowSettings settings, PostgresAccess postgres) throws IOException {
        return Digest.of(String.join("\n", settings.arguments()) + "\n" + postgres.url(AirflowConfiguration.DATABASE)
                + "\n" + textOf(settings.packagesDigest()));
    }

    /** Whether there was anything to do; then there are pools to make. */
    private boolean prepareMetadata(PostgresAccess postgres) throws IOException {
        Path migrated = state.airflowMigrated();
        try {
            if (PostgresServer.createDatabase(postgres, AirflowConfiguration.DATABASE)) {
                Files.deleteIfExists(migrated);
            }
        } catch (SQLException e) {
            throw new JobException(
                    ExitCode.TEMPORARY, "The database of Airflow could not be made: " + e.getMessage(), e);
        }
        if (textOf(migrated).equals(textOf(settings.packagesDigest()) + pools())) {
            return false;
        }
        Files.deleteIfExists(migrated);
        runToItsEnd("migration", List.of("db", "migrate"));
        return true;
    }

    private void makePools() throws IOException {
        String pools = pools();
        if (!pools.isEmpty()) {
            Files.writeString(state.airflowPools(), pools);
            runToItsEnd("pools", List.of("pools", "import", state.airflowPools().toString()));
        }
        Files.writeString(state.airflowMigrated(), textOf(settings.packagesDigest()) + pools);
    }

    private String pools() throws IOException {
        String pools = textOf(settings.pools());
        return pools.isEmpty() ? "" : AirflowPools.forThisMachine(pools);
    }

    private static String textOf(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private void runToItsEnd(String name, List<String> arguments) throws IOException {
        Process process = launch(name, arguments);
        try {
            if (!process.waitFor(PREPARATION.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new JobException(
                        ExitCode.USAGE,
                        "Airflow could not set up its database (" + String.join(" ", arguments) + "): see "
                                + state.airflowLog(name));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ExitCode.TEMPORARY, "Interrupted while Airflow set up its database.", e);
        }
    }

    private void startAll() throws IOException {
        for (AirflowProgram program : AirflowProgram.values()) {
            start(program);
        }
        note();
    }

    private void start(AirflowProgram program) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(program.word()));
        arguments.addAll(program.options());
        programs.put(program, launch(program.word(), arguments));
    }

    private void note() throws IOException {
        processes.note(programs.values().stream().map(Process::toHandle).toList());
    }

    private Process launch(String name, List<String> arguments) throws IOException {
        Path log = state.airflowLog(name);
        BackgroundProcess.rotate(log);
        List<String> command =
                new ArrayList<>(List.of(settings.program("airflow").toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        configuration.prepare(builder.environment(), name);
        return builder.directory(state.airflow().toFile())
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectOutput(Redirect.appendTo(log.toFile()))
                .redirectErrorStream(true)
                .start();
    }

    private void awaitHealth() {
        boolean healthy = Pause.until(
                () -> {
                    Optional<AirflowProgram> dead = dead();
                    if (dead.isPresent()) {
                        throw new JobException(
                                ExitCode.USAGE,
                                "Airflow's " + dead.get().word() + " ended at once: see "
                                        + state.airflowLog(dead.get().word()));
                    }
                    return AirflowHealth.ask(configuration.address()).isEmpty();
                },
                HEALTHY);
        if (!healthy) {
            throw new JobException(
                    ExitCode.TEMPORARY,
                    "Airflow was not healthy after " + HEALTHY.toSeconds() + " s: "
                            + AirflowHealth.ask(configuration.address()).orElse("just now it is") + "; see "
                            + state.logs());
        }
    }

    private Optional<AirflowProgram> dead() {
        return programs.entrySet().stream()
                .filter(program -> !program.getValue().isAlive())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Starts again what has died, for as long as it is wanted. */
    void watch(BooleanSupplier wanted) throws IOException {
        while (wanted.getAsBoolean() && !closed.get()) {
            Optional<AirflowProgram> dead = dead();
            if (dead.isPresent()) {
                restart(dead.get());
            }
            Pause.of(LOOK);
        }
    }

    private void restart(AirflowProgram program) throws IOException {
        LOG.warn("Airflow's {} has died: starting it again.", program.word());
        processes.killRemainsOf(program);
        Pause.of(BEFORE_RESTART);
        // Whoever closes has stopped everything by now, or stops what is started here.
        synchronized (closed) {
            if (!closed.get()) {
                start(program);
                note();
            }
        }
    }

    @Override
    public void close() {
        synchronized (closed) {
            if (!closed.compareAndSet(false, true)) {
                return;
            }
        }
        try {
            file.remove();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            processes.stop();
        }
    }
}
