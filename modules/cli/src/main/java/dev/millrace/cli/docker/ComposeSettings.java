package dev.millrace.cli.docker;

import dev.millrace.local.Loopback;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the compose file is told: ports, secrets and images. Kept in a file of the state folder that compose reads too, so that
 * the next start finds the same data with the same passwords.
 */
final class ComposeSettings {
    static final String PROJECT = "COMPOSE_PROJECT_NAME";
    static final String AIRFLOW_PORT = "MILLRACE_AIRFLOW_PORT";
    static final String AIRFLOW_PASSWORD = "MILLRACE_COMPOSE_AIRFLOW_PASSWORD";
    /** As the compose file has it. */
    static final String AIRFLOW_USER = "admin";

    static final String S3_PORT = "MILLRACE_S3_PORT";
    static final String SOURCES_PORT = "MILLRACE_SOURCES_PORT";
    static final String POSTGRES_PORT = "MILLRACE_POSTGRES_PORT";
    static final String USER = "millrace";

    private static final String NETWORK = "MILLRACE_COMPOSE_NETWORK";
    private static final String PASSWORD = "MILLRACE_COMPOSE_PASSWORD";
    private static final String SECRET_KEY = "MILLRACE_COMPOSE_SECRET_KEY";
    private static final String HASH_KEY = "MILLRACE_COMPOSE_HASH_KEY";
    private static final Map<String, Integer> PORTS =
            Map.of(AIRFLOW_PORT, 8080, S3_PORT, 9000, SOURCES_PORT, 4566, POSTGRES_PORT, 5432);
    private static final int SECRET_BYTES = 32;
    private static final int NAME_BYTES = 4;

    private final Path file;
    private final Map<String, String> values;

    private ComposeSettings(Path file, Map<String, String> values) {
        this.file = file;
        this.values = values;
    }

    /** Those of the last start, or of a first one, which has no ports yet. */
    static ComposeSettings in(Path stateFolder) throws IOException {
        Path file = file(stateFolder);
        Map<String, String> values = new LinkedHashMap<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    values.put(line.substring(0, equals), line.substring(equals + 1));
                }
            }
        }
        ComposeSettings settings = new ComposeSettings(file, values);
        settings.draw();
        return settings;
    }

    static boolean areIn(Path stateFolder) {
        return Files.exists(file(stateFolder));
    }

    private static Path file(Path stateFolder) {
        return stateFolder.resolve("docker").resolve("compose.env");
    }

    Path file() {
        return file;
    }

    /** What an engineer's commands are told, so that they work with these services. */
    Path hostFile() {
        return file.resolveSibling("host.env");
    }

    Map<String, String> values() {
        return Map.copyOf(values);
    }

    String value(String name) {
        return values.getOrDefault(name, "");
    }

    void put(String name, String value) {
        values.put(name, value);
    }

    /** Finds a free port for each service, and takes the former ones or the usual ones where they are free. */
    void choosePorts() throws IOException {
        for (Map.Entry<String, Integer> port : PORTS.entrySet()) {
            String former = value(port.getKey());
            int wanted = former.isEmpty() ? port.getValue() : Integer.parseInt(former);
            put(port.getKey(), Integer.toString(Loopback.freePort(wanted)));
        }
    }

    void write() throws IOException {
        write(file, values);
        write(hostFile(), host());
    }

    String address(String port) {
        return "http://" + Loopback.HOST + ":" + value(port);
    }

    private Map<String, String> host() {
        Map<String, String> host = new LinkedHashMap<>();
        host.put("MILLRACE_ENV", "compose");
        host.put("MILLRACE_LANDING_BUCKET", "millrace-landing");
        host.put("MILLRACE_LANDING_ENDPOINT", address(S3_PORT));
        host.put("MILLRACE_LANDING_REGION", "eu-west-1");
        host.put("MILLRACE_LANDING_ACCESS_KEY", "local");
        host.put("MILLRACE_LANDING_SECRET_KEY", value(SECRET_KEY));
        host.put("MILLRACE_LAKE_WAREHOUSE", "s3://millrace-lake/tables");
        for (String source : new String[] {"SQS", "KINESIS"}) {
            host.put("MILLRACE_" + source + "_ENDPOINT", address(SOURCES_PORT));
            host.put("MILLRACE_" + source + "_ACCESS_KEY", "local");
            host.put("MILLRACE_" + source + "_SECRET_KEY", value(SECRET_KEY));
        }
        database(host, "CONTROL", "millrace_control");
        database(host, "WAREHOUSE", "warehouse");
        host.put("MILLRACE_MASKS_HASH_KEY", value(HASH_KEY));
        return host;
    }

    private void database(Map<String, String> host, String setting, String name) {
        host.put(
                "MILLRACE_" + setting + "_URL",
                "jdbc:postgresql://" + Loopback.HOST + ":" + value(POSTGRES_PORT) + "/" + name);
        host.put("MILLRACE_" + setting + "_USER", USER);
        host.put("MILLRACE_" + setting + "_PASSWORD", value(PASSWORD));
    }

    private void draw() {
        SecureRandom random = new SecureRandom();
        values.computeIfAbsent(PROJECT, name -> "millrace-" + HexFormat.of().formatHex(bytes(random, NAME_BYTES)));
        values.computeIfAbsent(NETWORK, name -> value(PROJECT));
        for (String name :
                new String[] {PASSWORD, SECRET_KEY, HASH_KEY, AIRFLOW_PASSWORD, "MILLRACE_COMPOSE_AIRFLOW_SECRET"}) {
            values.computeIfAbsent(name, any -> HexFormat.of().formatHex(bytes(random, SECRET_BYTES)));
        }
        values.computeIfAbsent(
                "MILLRACE_COMPOSE_FERNET_KEY",
                name -> Base64.getUrlEncoder().encodeToString(bytes(random, SECRET_BYTES)));
    }

    private static byte[] bytes(SecureRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void write(Path file, Map<String, String> values) throws IOException {
        StringBuilder text = new StringBuilder();
        values.forEach(
                (name, value) -> text.append(name).append('=').append(value).append('\n'));
        Files.createDirectories(file.resolveSibling(""));
        Path next = Files.createTempFile(
                file.resolveSibling(""),
                file.getFileName().toString(),
                ".next",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(next, text.toString().getBytes(StandardCharsets.UTF_8));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
