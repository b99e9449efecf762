package dev.millrace.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.control.Books;
import dev.millrace.control.Edge;
import dev.millrace.control.HourBook;
import dev.millrace.control.MadeOf;
import dev.millrace.control.ObjectBook;
import dev.millrace.local.TestServices;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The job as the process that schedulers start: alone, and submitted to a cluster. */
final class ProcessTest {
    private static final String PIPELINE = "process";
    private static final String TABLE = "process_events";
    private static final String QUICK_TO_START = "-XX:TieredStopAtLevel=1";
    private static final List<String> CLASS_PATH =
            Arrays.asList(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                    .split(File.pathSeparator));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private record Ended(int exitCode, String out, String err) {}

    @Test
    @Timeout(600)
    void runsByItselfAndOnACluster() throws Exception {
        project();
        hour("2026-01-05T03", 1000);

        Ended first = job(List.of());
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.out()).contains("\"state\":\"rewritten\"").contains("\"rows\":1000");
        assertThat(first.err()).doesNotContain("org.apache.");

        Path loaded = folder.resolve("loaded.txt");
        Ended second = job(List.of("-Xlog:class+load:file=" + loaded));
        assertThat(second.exitCode()).as(second.err()).isEqualTo(10);
        assertThat(Files.readString(loaded))
                .contains("dev.millrace.transform.TransformJob")
                .doesNotContain("org.apache.spark.sql.SparkSession")
                // The store may be asked for exports; Spark has no part in it.
                .doesNotContain("org.apache.iceberg.spark");

        hour("2026-01-06T03", 500);
        Ended submitted = submit();
        assertThat(submitted.exitCode())
                .as(submitted.err() + said("master") + said("worker"))
                .isZero();
        assertThat(submitted.out()).contains("\"period\":\"2026-01-06\"").contains("\"rows\":500");
        assertThat(Landing.SESSION.spark().table("millrace.base." + TABLE).count())
                .isEqualTo(1500);
    }

    private Ended job(List<String> options) throws Exception {
        List<String> command = new ArrayList<>(java());
        command.addAll(options);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, CLASS_PATH), TransformMain.class.getName()));
        command.addAll(arguments());
        return end(start(command, "job", folder), "job");
    }

    private Ended submit() throws Exception {
        Path home = folder.resolve("spark");
        Files.createDirectories(home.resolve("jars"));
        Files.writeString(home.resolve("RELEASE"), "a Spark of the class path");
        Path logging = Files.writeString(
                folder.resolve("logback.xml"),
                "<configuration><appender name='err' class='ch.qos.logback.core.ConsoleAppender'>"
                        + "<target>System.err</target><encoder><pattern>%level %logger{1} %msg%n</pattern></encoder>"
                        + "</appender><root level='WARN'><appender-ref ref='err'/></root></configuration>");
        List<String> ours = new ArrayList<>();
        for (String entry : CLASS_PATH) {
            Path path = Path.of(entry);
            String name = String.valueOf(path.getFileName());
            if (Files.isDirectory(path)) {
                ours.add(jar(path).toString());
            } else if (name.startsWith("millrace-") || name.startsWith("iceberg-") || entry.contains("/awssdk/")) {
                ours.add(entry);
            } else if (!entry.contains("servlet-api/6")) {
                Files.createSymbolicLink(home.resolve("jars").resolve(name), path);
            }
        }
        List<String> spark = new ArrayList<>(java());
        spark.addAll(List.of("-Dlogback.configurationFile=" + logging, "-cp", home.resolve("jars") + "/*"));
        int port = freePort();
        List<String> master = new ArrayList<>(spark);
        master.addAll(List.of("org.apache.spark.deploy.master.Master", "--host", "127.0.0.1"));
        master.addAll(List.of("--port", Integer.toString(port), "--webui-port", "0"));
        List<String> worker = new ArrayList<>(spark);
        worker.addAll(List.of("org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--webui-port", "0"));
        worker.addAll(List.of("--cores", "2", "--memory", "1g", "--work-dir", folder + "/work"));
        worker.add("spark://127.0.0.1:" + port);
        List<String> submit = new ArrayList<>(spark);
        submit.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", "spark://127.0.0.1:" + port));
        submit.addAll(List.of("--class", TransformMain.class.getName(), "--jars", String.join(",", ours)));
        submit.addAll(List.of("--executor-memory", "768m", "--conf", "spark.driver.host=127.0.0.1"));
        submit.addAll(List.of("--conf", "spark.executor.extraJavaOptions=-XX:+UseSerialGC " + QUICK_TO_START));
        submit.add(ours.get(0));
        submit.addAll(arguments());

        List<Process> processes = new ArrayList<>();
        try {
            processes.add(start(master, "master", home));
            awaitListening(port);
            processes.add(start(worker, "worker", home));
            return end(start(submit, "submit", home), "submit");
        } finally {
            for (Process process : processes) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            try (Stream<Path> links = Files.list(home.resolve("jars"))) {
                for (Path link : links.toList()) {
                    Files.delete(link);
                }
            }
        }
    }

    private Process start(List<String> command, String name, Path sparkHome) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .redirectError(folder.resolve(name + ".err").toFile());
        builder.environment().put("SPARK_HOME", sparkHome.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return builder.start();
    }

    private Ended end(Process process, String name) throws Exception {
        if (!process.waitFor(240, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        return new Ended(
                process.exitValue(),
                Files.readString(folder.resolve(name + ".out")),
                Files.readString(folder.resolve(name + ".err")));
    }

    private String said(String process) throws IOException {
        return "\n" + process + ": " + Files.readString(folder.resolve(process + ".err"));
    }

    private static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("target", "jvm.options").toAbsolutePath(),
                QUICK_TO_START,
                "-Xmx1g");
    }

    private List<String> arguments() {
        return List.of("--pipeline", PIPELINE, "--project", folder.toString(), "--env", "local", "--json");
    }

    /** A project whose one pipeline is that of the consents under another name. */
    private void project() throws IOException {
        Files.writeString(folder.resolve("millrace.yaml"), "environments:\n  local:\n    services: local\n");
        Files.createDirectories(folder.resolve(".millrace"));
        TestServices.write(Landing.SERVICES, folder.resolve(".millrace/services.json"));
        Path pipeline = Files.createDirectories(folder.resolve("dags/pipelines/" + PIPELINE));
        Files.createDirectories(pipeline.resolve("models"));
        Path consents = Path.of("../../dags/pipelines/consents");
        Files.writeString(
                pipeline.resolve("contract.yaml"),
                renamed(Files.readString(consents.resolve("contract.yaml")))
                        .replace("id: consents", "id: " + PIPELINE));
        Files.writeString(
                pipeline.resolve("models/process_metrics.sql"),
                renamed(Files.readString(consents.resolve("models/consent_metrics.sql"))));
    }

    private static String renamed(String text) {
        return text.replace("consent_events", TABLE).replace("consent_metrics", "process_metrics");
    }

    private static void hour(String hour, int rows) {
        Landing.SESSION.ensureNamespace("clean");
        Landing.SESSION
                .spark()
                .sql("create table if not exists millrace.clean.process_events (id string, at timestamp, domain string,"
                        + " type string, user_id string, country string, has_consent boolean, datehour string,"
                        + " _object string, _etag string, _record bigint, _hour string, _period string) using iceberg"
                        + " partitioned by (_hour)");
        Landing.SESSION
                .spark()
                .sql(String.format(
                        "insert into millrace.clean.process_events select concat('%1$s-', id), timestamp'2026-01-05',"
                                + " 'd', 'pageview', concat('u', id %% 7), 'FR', true, '%1$s', '%1$s', 'e', id, '%1$s',"
                                + " substring('%1$s', 1, 10) from range(%2$d)",
                        hour, rows));
        Landing.CONTROL.transact(connection -> new Books(Landing.CONTROL)
                .record(
                        connection,
                        TABLE,
                        new HourBook(
                                hour,
                                1,
                                false,
                                MadeOf.of(Map.of()),
                                List.of(new ObjectBook("o", "e", 1, Optional.empty(), true, true, rows, rows, 0, 0)),
                                new TreeMap<>(),
                                rows,
                                "plan"),
                        Optional.of(List.of(new Edge(hour, hour.substring(0, 10), rows, hour, hour))),
                        Landing.CLOCK.instant()));
    }

    private Path jar(Path classes) throws IOException {
        Path jar = Files.createTempFile(folder, "classes", ".jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
        return jar;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void awaitListening(int port) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (System.nanoTime() < end) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
                return;
            } catch (IOException e) {
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException("nothing listens on port " + port);
    }
}
