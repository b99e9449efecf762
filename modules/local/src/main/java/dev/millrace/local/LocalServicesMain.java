package dev.millrace.local;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services process: it lives until it is told to stop, or until Postgres dies. */
public final class LocalServicesMain {
    private static final Logger LOG = LoggerFactory.getLogger(LocalServicesMain.class);
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(5);
    private static final Duration WATCH = Duration.ofMillis(250);

    private LocalServicesMain() {}

    /** @param arguments the state folder */
    public static int run(String... arguments) {
        if (arguments.length != 1) {
            LOG.error("Wanted: the state folder.");
            return ExitCode.USAGE.code();
        }
        try {
            return serve(new StateFolder(Path.of(arguments[0])));
        } catch (JobException e) {
            LOG.error(e.getMessage(), e);
            return e.exitCode().code();
        } catch (IOException | RuntimeException e) {
            LOG.error("The services process ended.", e);
            return ExitCode.BUG.code();
        }
    }

    private static int serve(StateFolder state) throws IOException {
        state.create();
        // Held until the process is gone, so that nobody starts before Postgres has stopped.
        FolderLock lock = FolderLock.take(state.runningLock(), LOCK_PATIENCE, () -> {});
        lock.writePid();
        AtomicBoolean stopping = new AtomicBoolean();
        AtomicReference<@Nullable RunningServices> running = new AtomicReference<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stopping.set(true);
            LOG.info("Stopping; {} is let go.", lock);
            stop(state, running.get());
            LOG.info("Stopped.");
        }));
        RunningServices services = RunningServices.start(state, state.postgresBinaries(), Clock.systemUTC());
        running.set(services);
        LOG.info(
                "Up: S3 at {}, Postgres at port {}.",
                services.services().s3().endpoint(),
                services.services().postgres().port());
        while (services.isPostgresRunning()) {
            Pause.of(WATCH);
        }
        if (!stopping.get()) {
            LOG.error("Postgres is gone, so the services end: see {}.", state.postgresLog());
        }
        return ExitCode.TEMPORARY.code();
    }

    private static void stop(StateFolder state, @Nullable RunningServices running) {
        if (running == null) {
            new PostgresProcesses(state.postgresData()).stop();
        } else {
            running.close();
        }
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }
}
