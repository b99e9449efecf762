package dev.millrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Both services, running in (S3) and beside (Postgres) this process until closed. */
final class RunningServices implements AutoCloseable {
    private final ServicesFile file;
    private final PostgresServer postgres;
    private final S3Server s3;
    private final Services services;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RunningServices(ServicesFile file, PostgresServer postgres, S3Server s3, Services services) {
        this.file = file;
        this.postgres = postgres;
        this.s3 = s3;
        this.services = services;
    }

    /** Comes back once both answer; only then is there a file that says so. */
    static RunningServices start(StateFolder state, Path binaries, Clock clock) {
        try {
            state.create();
            StateFolder.deleteTree(state.temporary());
            state.create();
            ServicesFile file = new ServicesFile(state.servicesFile());
            file.remove();
            Identity identity = Identity.ofFolder(state.identityFile());
            PostgresServer postgres = PostgresServer.start(state, identity, binaries);
            @Nullable S3Server s3 = null;
            boolean up = false;
            try {
                s3 = S3Server.start(state, identity);
                Services services = new Services(
                        s3.access(),
                        postgres.access(),
                        new Services.Masks(identity.hashKey()),
                        ProcessHandle.current().pid(),
                        clock.instant());
                file.write(services);
                up = true;
                return new RunningServices(file, postgres, s3, services);
            } finally {
                if (!up) {
                    postgres.close();
                    if (s3 != null) {
                        s3.close();
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The services of " + state.root() + " did not start", e);
        }
    }

    Services services() {
        return services;
    }

    boolean isPostgresRunning() {
        return postgres.isRunning();
    }

    void createDatabase(String name) throws IOException, SQLException {
        PostgresServer.createDatabase(postgres.access(), name);
    }

    void createBucket(String name) throws IOException {
        s3.createBucket(name);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            file.remove();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            try {
                s3.close();
            } finally {
                postgres.close();
            }
        }
    }
}
