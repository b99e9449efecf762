package dev.millrace.local;

import dev.millrace.local.Services.PostgresAccess;
import dev.millrace.local.Services.S3Access;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;

/**
 * The services for tests: started in the test's own process when first asked for, in a folder that goes when the process
 * ends. Its folder lies below the module's {@code target}, where there is one.
 */
public final class TestServices {
    private final RunningServices running;
    private final StateFolder state;

    private TestServices(RunningServices running, StateFolder state) {
        this.running = running;
        this.state = state;
    }

    private static final class Holder {
        private static final TestServices SHARED = start();
    }

    /** The same for all tests of this process. */
    public static TestServices shared() {
        return Holder.SHARED;
    }

    public Services services() {
        return running.services();
    }

    /** What the command line and the jobs read. */
    public Path servicesFile() {
        return state.servicesFile();
    }

    /** Two databases and two buckets that only callers with this name use: lower-case letters, digits and hyphens. */
    public Services isolated(String name) {
        Services services = services();
        S3Access s3 = services.s3();
        PostgresAccess postgres = services.postgres();
        Services isolated = new Services(
                new S3Access(
                        s3.endpoint(), s3.region(), s3.accessKey(), s3.secretKey(), name + "-landing", name + "-lake"),
                new PostgresAccess(
                        postgres.host(),
                        postgres.port(),
                        postgres.user(),
                        postgres.password(),
                        name + "-control",
                        name + "-warehouse"),
                services.masks(),
                services.pid(),
                services.startedAt());
        try {
            running.createBucket(isolated.s3().landing());
            running.createBucket(isolated.s3().lake());
            running.createDatabase(isolated.postgres().control());
            running.createDatabase(isolated.postgres().warehouse());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException("The databases of " + name + " could not be made", e);
        }
        return isolated;
    }

    /** Writes a {@code services.json} that names these services, such as isolated ones. */
    public static void write(Services services, Path servicesFile) {
        try {
            new ServicesFile(servicesFile).write(services);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestServices start() {
        try {
            Path target = Path.of("target").toAbsolutePath();
            Path home = (Files.isDirectory(target) ? target : Path.of(System.getProperty("java.io.tmpdir")))
                    .resolve("millrace-services");
            Files.createDirectories(home);
            clearAfterDeadProcesses(home);
            StateFolder state = new StateFolder(
                    home.resolve(Long.toString(ProcessHandle.current().pid())));
            RunningServices running = RunningServices.start(state, home.resolve("binaries"), Clock.systemUTC());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                running.close();
                delete(state.root());
            }));
            return new TestServices(running, state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void clearAfterDeadProcesses(Path home) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(home, "[0-9]*")) {
            for (Path folder : folders) {
                long pid = Long.parseLong(folder.getFileName().toString());
                if (ProcessHandle.of(pid).isEmpty()
                        || pid == ProcessHandle.current().pid()) {
                    new PostgresProcesses(new StateFolder(folder).postgresData()).stop();
                    delete(folder);
                }
            }
        }
    }

    private static void delete(Path folder) {
        try {
            StateFolder.deleteTree(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
