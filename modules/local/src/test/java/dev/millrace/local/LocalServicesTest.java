package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.local.LocalServices.Start;
import dev.millrace.local.LocalServices.Status;
import dev.millrace.local.LocalServices.Stop;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** One state folder for all of them: each test finds the services up and leaves them as it likes. */
@TestInstance(Lifecycle.PER_CLASS)
@EnabledOnOs(OS.LINUX)
class LocalServicesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final StateFolder state = new StateFolder(
            Path.of("target", "local-services-" + ProcessHandle.current().pid()));
    private final LocalServices local = LocalServices.at(state.root());
    private Services services = local.up(message -> {}).services();

    @BeforeEach
    void bringUp() {
        services = local.up(message -> {}).services();
    }

    @AfterAll
    void takeDown() throws IOException {
        local.down(message -> {});
        assertThat(processes()).isEmpty();
        StateFolder.deleteTree(state.root());
    }

    @Test
    void tellsOnlyTheOwnerWhereTheServicesAre() throws IOException {
        assertThat(Files.getPosixFilePermissions(state.servicesFile()))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(new ServicesFile(state.servicesFile()).read()).contains(services);
        assertThat(services.toString())
                .doesNotContain(services.postgres().password())
                .doesNotContain(services.s3().secretKey());
        assertThat(Files.readString(state.servicesLog()))
                .doesNotContain(services.postgres().password())
                .doesNotContain(services.s3().secretKey());
    }

    @Test
    void saysThatItIsUp() {
        assertThat(local.up(message -> {})).isEqualTo(new Start.AlreadyUp(services));
        assertThat(local.status()).isEqualTo(new Status.Up(services));
    }

    @Test
    void wantsThePassword() {
        assertThatThrownBy(() -> DriverManager.getConnection(services.postgres().warehouseUrl(), "postgres", "wrong"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    }

    @Test
    void keepsDataPortsAndKeysAcrossARestart() throws SQLException {
        execute("CREATE TABLE kept AS SELECT 42 AS answer");

        assertThat(local.down(message -> {})).isEqualTo(Stop.STOPPED);
        assertThat(local.status()).isEqualTo(new Status.Down());
        assertThat(processes()).isEmpty();
        assertThat(Files.exists(state.servicesFile())).isFalse();
        assertThat(local.down(message -> {})).isEqualTo(Stop.WAS_DOWN);
        Start again = local.up(message -> {});

        assertThat(again).isInstanceOf(Start.Started.class);
        assertThat(again.services().s3()).isEqualTo(services.s3());
        assertThat(again.services().postgres()).isEqualTo(services.postgres());
        assertThat(query("SELECT answer FROM kept")).isEqualTo(42);
    }

    @Test
    void recoversWhatWasCommittedBeforeTheServicesProcessWasKilled() throws SQLException {
        execute("CREATE TABLE committed AS SELECT 43 AS answer");
        kill(services.pid());
        assertThat(processes()).as("Postgres outlives it").isNotEmpty();
        assertThat(local.status()).isInstanceOf(Status.Broken.class);

        List<String> said = new ArrayList<>();
        assertThat(local.up(said::add)).isInstanceOf(Start.Started.class);

        assertThat(said).singleElement().asString().contains("has died and Postgres runs without it");
        assertThat(query("SELECT answer FROM committed")).isEqualTo(43);
    }

    @Test
    void endsWhenPostgresIsKilledAndRecovers() throws SQLException {
        execute("CREATE TABLE survived AS SELECT 44 AS answer");
        kill(new PostgresProcesses(state.postgresData()).postmaster().orElseThrow());
        assertThat(Pause.until(() -> local.status().equals(new Status.Down()), SOON))
                .as("the services process and the backends follow")
                .isTrue();
        assertThat(processes()).isEmpty();

        services = local.up(message -> {}).services();

        assertThat(query("SELECT answer FROM survived")).isEqualTo(44);
    }

    @Test
    void leavesNoProcessBehindAfterACrash() {
        kill(services.pid());

        assertThat(local.down(message -> {})).isEqualTo(Stop.STOPPED);

        assertThat(processes()).isEmpty();
        assertThat(local.status()).isEqualTo(new Status.Down());
    }

    @Test
    void sparesTheProcessThatAStalePidFileNames() throws IOException {
        local.down(message -> {});
        Process innocent = new ProcessBuilder("sleep", "60").start();
        try {
            String file = innocent.pid() + "\n" + state.postgresData() + "\n0\n1\n\n127.0.0.1\n\nready\n";
            Files.writeString(state.postgresData().resolve("postmaster.pid"), file);
            Files.writeString(state.runningLock(), Long.toString(innocent.pid()));

            assertThat(local.status()).isEqualTo(new Status.Down());
            assertThat(local.down(message -> {})).isEqualTo(Stop.WAS_DOWN);
            assertThat(local.up(message -> {})).isInstanceOf(Start.Started.class);

            assertThat(innocent.isAlive()).isTrue();
        } finally {
            innocent.destroyForcibly();
        }
    }

    @Test
    void startsOnceWhenSeveralAskAtOnce() throws Exception {
        local.down(message -> {});
        ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            Callable<Start> up = () -> LocalServices.at(state.root()).up(said::add);
            List<Start> starts = new ArrayList<>();
            for (Future<Start> start : both.invokeAll(List.of(up, up))) {
                starts.add(start.get());
            }

            assertThat(starts).hasAtLeastOneElementOfType(Start.Started.class);
            assertThat(starts).hasAtLeastOneElementOfType(Start.AlreadyUp.class);
            assertThat(said).singleElement().asString().contains("waiting for it");
        } finally {
            both.shutdownNow();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private int query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                services.postgres().warehouseUrl(),
                services.postgres().user(),
                services.postgres().password());
    }

    private static void kill(long pid) {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        assertThat(Pause.until(() -> !process.isAlive() || isZombie(pid), SOON)).isTrue();
    }

    private static boolean isZombie(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "stat"))
                    .contains(") Z ");
        } catch (IOException e) {
            return true;
        }
    }

    /** All that work in the state folder, or were told of it. */
    private List<String> processes() {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (process.endsWith(Long.toString(ProcessHandle.current().pid()))) {
                    continue;
                }
                try {
                    String command =
                            Files.readString(process.resolve("cmdline")).replace('\0', ' ');
                    Path folder = Files.readSymbolicLink(process.resolve("cwd"));
                    if (command.contains(state.root().toString()) || folder.startsWith(state.root())) {
                        found.add(process.getFileName() + " " + command);
                    }
                } catch (IOException e) {
                    // It has ended meanwhile.
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return found;
    }
}
