package dev.millrace.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** {@code airflow.json}: what other programs read to find Airflow. It is there only while Airflow is up. */
final class AirflowFile {
    private final Path file;

    AirflowFile(Path file) {
        this.file = file;
    }

    /** Empty where there is none. */
    Optional<AirflowAccess> read() throws IOException {
        Optional<FlatJson> there = FlatJson.ofFile(file);
        if (there.isEmpty()) {
            return Optional.empty();
        }
        FlatJson json = there.get();
        return Optional.of(new AirflowAccess(
                json.text("/address"),
                json.text("/user"),
                json.text("/password"),
                Path.of(json.text("/taskLogs")),
                json.text("/madeOf"),
                json.number("/pid"),
                Instant.parse(json.text("/startedAt"))));
    }

    void write(AirflowAccess access) throws IOException {
        FlatJson.write(file, json -> {
            json.writeStringField("address", access.address());
            json.writeStringField("user", access.user());
            json.writeStringField("password", access.password());
            json.writeStringField("taskLogs", access.taskLogs().toString());
            json.writeStringField("madeOf", access.madeOf());
            json.writeNumberField("pid", access.pid());
            json.writeStringField("startedAt", access.startedAt().toString());
        });
    }

    void remove() throws IOException {
        Files.deleteIfExists(file);
    }
}
