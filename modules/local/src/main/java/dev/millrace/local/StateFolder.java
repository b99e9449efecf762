package dev.millrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** The only place that knows what lies where below a state folder. */
record StateFolder(Path root) {
    StateFolder {
        root = root.toAbsolutePath().normalize();
    }

    /** Makes what is missing. Only its owner can look into the folder. */
    void create() {
        try {
            Files.createDirectories(root);
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
            Files.createDirectories(objects());
            Files.createDirectories(postgres());
            Files.createDirectories(logs());
            Files.createDirectories(airflow());
            Files.createDirectories(temporary());
        } catch (IOException e) {
            throw new UncheckedIOException("The state folder " + root + " cannot be made", e);
        }
    }

    Path postgres() {
        return root.resolve("postgres");
    }

    Path postgresData() {
        return postgres().resolve("data");
    }

    /** Exists once the data directory has been set up to its end. */
    Path postgresComplete() {
        return postgres().resolve("complete");
    }

    Path postgresBinaries() {
        return postgres().resolve("binaries");
    }

    Path objects() {
        return root.resolve("s3");
    }

    Path logs() {
        return root.resolve("logs");
    }

    Path servicesLog() {
        return logs().resolve("services.log");
    }

    Path postgresLog() {
        return logs().resolve("postgres.log");
    }

    Path temporary() {
        return root.resolve("tmp");
    }

    Path servicesFile() {
        return root.resolve("services.json");
    }

    /** Ports, keys and the password, kept from one start to the next. */
    Path identityFile() {
        return root.resolve("identity.json");
    }

    /** Held by the services process as long as it lives. */
    Path runningLock() {
        return root.resolve("services.lock");
    }

    /** Held by whoever starts or stops the services. */
    Path turnLock() {
        return root.resolve("turn.lock");
    }

    /** What Airflow calls its home: configuration, passwords and the logs of tasks. */
    Path airflow() {
        return root.resolve("airflow");
    }

    Path airflowConfiguration() {
        return airflow().resolve("airflow.cfg");
    }

    /** Who may log in: Airflow reads it, and wants to be able to write it. */
    Path airflowPasswords() {
        return airflow().resolve("passwords.json");
    }

    /** Port and secrets of Airflow, kept from one start to the next. */
    Path airflowIdentity() {
        return airflow().resolve("identity.json");
    }

    /** The processes of Airflow that were started last, where there is no /proc to ask. */
    Path airflowPids() {
        return airflow().resolve("processes");
    }

    /** For which packages the metadata was migrated to its end. */
    Path airflowMigrated() {
        return airflow().resolve("migrated");
    }

    /** How many tasks of a kind may run at a time, as Airflow was told. */
    Path airflowPools() {
        return airflow().resolve("pools.json");
    }

    /** Where every task leaves its log. */
    Path airflowTaskLogs() {
        return airflow().resolve("logs");
    }

    /** There only while Airflow is up. */
    Path airflowFile() {
        return root.resolve("airflow.json");
    }

    /** Held as long as the process lives that watches over Airflow's. */
    Path airflowLock() {
        return root.resolve("airflow.lock");
    }

    /** Held by whoever starts or stops Airflow. */
    Path airflowTurnLock() {
        return root.resolve("airflow-turn.lock");
    }

    Path airflowLog() {
        return logs().resolve("airflow.log");
    }

    /** What a process of Airflow prints. */
    Path airflowLog(String process) {
        return logs().resolve("airflow-" + process + ".log");
    }

    /** Readers see the former file or the whole new one; nobody but the owner can read it. */
    static void writePrivately(Path file, byte[] bytes) throws IOException {
        Path next = Files.createTempFile(
                file.resolveSibling(""),
                file.getFileName().toString(),
                ".next",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(next, bytes, StandardOpenOption.SYNC);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
