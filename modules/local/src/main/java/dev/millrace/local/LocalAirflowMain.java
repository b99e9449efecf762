package dev.millrace.local;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches over Airflow's processes, until it is told to stop or the services end. */
public final class LocalAirflowMain {
    private static final Logger LOG = LoggerFactory.getLogger(LocalAirflowMain.class);
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(5);

    private LocalAirflowMain() {}

    /** @param arguments the state folder, then what Airflow is to run */
    public static int run(String... arguments) {
        try {
            List<String> all = List.of(arguments);
            return serve(new StateFolder(Path.of(all.get(0))), AirflowSettings.of(all.subList(1, all.size())));
        } catch (JobException e) {
            LOG.error(e.getMessage(), e);
            return e.exitCode().code();
        } catch (IOException | RuntimeException e) {
            LOG.error("Airflow ended.", e);
            return ExitCode.BUG.code();
        }
    }

    private static int serve(StateFolder state, AirflowSettings settings) throws IOException {
        state.create();
        // Held until the process is gone, so that nobody starts before all of Airflow has stopped.
        FolderLock lock = FolderLock.take(state.airflowLock(), LOCK_PATIENCE, () -> {});
        lock.writePid();
        AtomicReference<@Nullable RunningAirflow> running = new AtomicReference<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            LOG.info("Stopping Airflow; {} is let go.", lock);
            stop(state, running.get());
            LOG.info("Airflow is stopped.");
        }));
        Services services = new ServicesFile(state.servicesFile())
                .read()
                .orElseThrow(() -> new JobException(
                        ExitCode.TEMPORARY, "The services of " + state.root() + " are not up: Airflow needs them."));
        RunningAirflow airflow = RunningAirflow.start(state, settings, services.postgres(), Clock.systemUTC());
        running.set(airflow);
        LOG.info("Airflow is up.");
        airflow.watch(() -> servicesRun(state));
        if (!servicesRun(state)) {
            LOG.error("The services are gone, so Airflow ends.");
        }
        return ExitCode.TEMPORARY.code();
    }

    private static boolean servicesRun(StateFolder state) {
        try {
            return FolderLock.isHeld(state.runningLock());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void stop(StateFolder state, @Nullable RunningAirflow running) {
        if (running == null) {
            new AirflowProcesses(state).stop();
        } else {
            running.close();
        }
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }
}
