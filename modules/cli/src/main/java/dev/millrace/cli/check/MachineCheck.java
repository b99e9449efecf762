package dev.millrace.cli.check;

import com.sun.management.OperatingSystemMXBean;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What this machine has and lacks, and what each is for. */
public final class MachineCheck {
    private static final long GIGA = 1L << 30;
    private static final long MEMORY_NEEDED = 4 * GIGA;
    private static final long DISK_NEEDED = 5 * GIGA;
    private static final int PATIENCE_SECONDS = 30;

    private final Path home;

    public MachineCheck(Path home) {
        this.home = home;
    }

    public List<Finding> findings() {
        return List.of(
                Finding.ok(
                        "Java",
                        Runtime.version() + " in " + System.getProperty("java.home")
                                + ", for the jobs and this command"),
                tool(
                        "Maven",
                        "builds the jars",
                        "install Maven 3.8.7 or later (Debian: apt-get install maven)",
                        "mvn",
                        "--version"),
                tool(
                        "Python",
                        "3.11 or later, for Airflow, tests and benchmarks",
                        "install Python 3.11 or later with venv (Debian: apt-get install python3 python3-venv)",
                        "python3",
                        "-c",
                        "import sys, venv, ensurepip; print('Python', sys.version.split()[0]);"
                                + " sys.exit(sys.version_info < (3, 11))"),
                tool(
                        "psql",
                        "the peer in benchmarks only",
                        "install the Postgres client (Debian: apt-get install postgresql-client)",
                        "psql",
                        "--version"),
                cores(),
                memory(),
                disk());
    }

    private static Finding cores() {
        return Finding.ok(
                "cores", Runtime.getRuntime().availableProcessors() + ", for objects read and files loaded at a time");
    }

    private static Finding memory() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine)) {
            return Finding.ok("memory", "unknown");
        }
        long total = machine.getTotalMemorySize();
        String found = gigabytes(total) + ", of which Spark takes 2, and the local services and Airflow 1 each";
        return total >= MEMORY_NEEDED
                ? Finding.ok("memory", found)
                : Finding.lacking(
                        "memory",
                        found,
                        "lower Spark's share with MILLRACE_TRANSFORM_JAVA_OPTIONS=-Xmx1g, do without Airflow (up --no-airflow),"
                                + " or use a larger machine");
    }

    private Finding disk() {
        try {
            long free = Files.getFileStore(home).getUsableSpace();
            String found = gigabytes(free) + " free at " + home + ", for jars, Python packages and local data";
            return free >= DISK_NEEDED
                    ? Finding.ok("disk", found)
                    : Finding.lacking("disk", found, "make room: 5 GB or more are wanted");
        } catch (IOException e) {
            return Finding.failed("disk", home + " cannot be asked: " + e.getMessage(), "check the checkout's disk");
        }
    }

    private static Finding tool(String what, String purpose, String next, String... command) {
        return firstLine(command)
                .map(line -> Finding.ok(what, line + ", " + purpose))
                .orElseGet(() -> Finding.lacking(what, "not found; " + purpose, next));
    }

    /** Of what a program prints about itself, if it is there and content. */
    private static Optional<String> firstLine(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .redirectError(Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            return process.exitValue() == 0
                    ? output.lines().findFirst().map(line -> line.replaceAll("\u001b\\[[0-9;]*m", ""))
                    : Optional.empty();
        } catch (IOException absent) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", (double) bytes / GIGA);
    }
}
