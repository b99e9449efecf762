package dev.millrace.local;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.local.Services.PostgresAccess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;

/** The embedded Postgres of a state folder. */
final class PostgresServer implements AutoCloseable {
    static final String USER = "postgres";
    static final String CONTROL = "control";
    static final String WAREHOUSE = "warehouse";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PROBE = Duration.ofSeconds(5);

    /** What holds back a load on a small machine, opened up; what loses data after a power cut, closed. */
    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("fsync", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("full_page_writes", "on"),
            Map.entry("listen_addresses", Loopback.HOST),
            Map.entry("unix_socket_directories", ""),
            Map.entry("max_connections", "200"),
            Map.entry("shared_buffers", "256MB"),
            Map.entry("maintenance_work_mem", "256MB"),
            Map.entry("work_mem", "32MB"),
            Map.entry("max_wal_size", "4GB"),
            Map.entry("checkpoint_timeout", "15min"),
            Map.entry("log_checkpoints", "off"),
            Map.entry("TimeZone", "UTC"),
            Map.entry("log_timezone", "UTC"));

    private final PostgresAccess access;
    private final PostgresProcesses processes;
    private final long postmaster;

    private PostgresServer(PostgresAccess access, PostgresProcesses processes, long postmaster) {
        this.access = access;
        this.processes = processes;
        this.postmaster = postmaster;
    }

    /** Starts it on what is there, after stopping whatever an earlier crash left running on the same directory. */
    static PostgresServer start(StateFolder state, Identity identity, Path binaries) throws IOException {
        PostgresProcesses processes = new PostgresProcesses(state.postgresData());
        processes.stop();
        if (!processes.running().isEmpty()) {
            throw new JobException(
                    ExitCode.TEMPORARY,
                    "An earlier Postgres of " + state.postgresData() + " does not stop (processes "
                            + processes.running() + ").");
        }
        // What it names is none of ours by now, and Postgres would respect any living process of that number.
        Files.deleteIfExists(state.postgresData().resolve("postmaster.pid"));
        boolean complete = Files.exists(state.postgresComplete());
        if (!complete) {
            // A start that was cut off while it set up the directory: nothing can have been stored there.
            StateFolder.deleteTree(state.postgresData());
        }
        Path password = Files.createTempFile(state.temporary(), "password", ".txt");
        PostgresAccess access = new PostgresAccess(
                Loopback.HOST, identity.postgresPort(), USER, identity.password(), CONTROL, WAREHOUSE);
        try {
            Files.writeString(password, identity.password() + "\n", StandardCharsets.UTF_8);
            launch(state, access, binaries, password);
            PostgresServer server = new PostgresServer(access, processes, pid(processes, state));
            server.prepare();
            if (!complete) {
                Files.createFile(state.postgresComplete());
            }
            return server;
        } catch (IOException | SQLException | IllegalStateException e) {
            processes.stop();
            throw new JobException(
                    ExitCode.USAGE,
                    "Embedded Postgres did not start (" + e.getMessage() + "): see " + state.postgresLog()
                            + ". As root it needs the right to run `unshare -U`; an ordinary user needs nothing.",
                    e);
        } finally {
            Files.deleteIfExists(password);
        }
    }

    // The postmaster is the launcher's grandchild on purpose; it is stopped by close, not by the launcher.
    private static void launch(StateFolder state, PostgresAccess access, Path binaries, Path password)
            throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(state.postgresData())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setOverrideWorkingDirectory(binaries.toFile())
                .setPort(access.port())
                .setPGStartupWait(PATIENCE)
                .setConnectConfig("password", access.password())
                // These are handed to initdb after its own options, so that no start ever trusts a stranger.
                .setLocaleConfig("auth-host", "scram-sha-256")
                .setLocaleConfig("auth-local", "scram-sha-256")
                .setLocaleConfig("pwfile", password.toString())
                // The password is drawn by lot from 160 bits: no hashing, however long it takes at every login, makes
                // it harder to guess.
                .setLocaleConfig("set", "scram_iterations=1")
                // Text is compared by bytes, as Spark and the object store compare it.
                .setLocaleConfig("locale", "C")
                .setLocaleConfig("locale-provider", "builtin")
                .setLocaleConfig("builtin-locale", "C.UTF-8")
                .setOutputRedirector(
                        ProcessBuilder.Redirect.appendTo(state.postgresLog().toFile()))
                .setErrorRedirector(
                        ProcessBuilder.Redirect.appendTo(state.postgresLog().toFile()));
        SETTINGS.forEach(builder::setServerConfig);
        builder.start();
    }

    private static long pid(PostgresProcesses processes, StateFolder state) throws IOException {
        OptionalLong pid = processes.postmaster();
        if (pid.isEmpty()) {
            throw new IOException("no postmaster of " + state.postgresData() + " is running");
        }
        return pid.getAsLong();
    }

    private void prepare() throws SQLException, IOException {
        createDatabase(access, access.control());
        createDatabase(access, access.warehouse());
        try (Connection connection = connect(access, access.control());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SqlText.of("durable"))) {
            rows.next();
            if (!rows.getBoolean(1)) {
                throw new SQLException("it would not keep what it commits");
            }
        }
    }

    /** Does nothing where there is one of this name; true if it made one. */
    static boolean createDatabase(PostgresAccess access, String name) throws SQLException, IOException {
        try (Connection connection = connect(access, USER)) {
            try (PreparedStatement statement = connection.prepareStatement(SqlText.of("database-exists"))) {
                statement.setString(1, name);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    if (rows.getLong(1) > 0) {
                        return false;
                    }
                }
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        SqlText.of("create-database").replace("{database}", statement.enquoteIdentifier(name, true)));
            }
            return true;
        }
    }

    /** Empty if both databases answer; else why not. */
    static Optional<String> probe(PostgresAccess access) {
        for (String database : new String[] {access.control(), access.warehouse()}) {
            try (Connection connection = connect(access, database)) {
                if (!connection.isValid((int) PROBE.toSeconds())) {
                    return Optional.of("database " + database + " does not answer");
                }
            } catch (SQLException e) {
                return Optional.of("database " + database + " does not answer: " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    private static Connection connect(PostgresAccess access, String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", access.user());
        properties.setProperty("password", access.password());
        properties.setProperty("connectTimeout", Long.toString(PROBE.toSeconds()));
        properties.setProperty("socketTimeout", "30");
        return DriverManager.getConnection(access.url(database), properties);
    }

    PostgresAccess access() {
        return access;
    }

    boolean isRunning() {
        return processes.isOurs(postmaster);
    }

    @Override
    public void close() {
        processes.stop();
    }
}
