package dev.millrace.local;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        FlatJson json = FlatJson.of(bytes);
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
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FlatJson.FACTORY.createGenerator(bytes).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("address", access.address());
            json.writeStringField("user", access.user());
            json.writeStringField("password", access.password());
            json.writeStringField("taskLogs", access.taskLogs().toString());
            json.writeStringField("madeOf", access.madeOf());
            json.writeNumberField("pid", access.pid());
            json.writeStringField("startedAt", access.startedAt().toString());
            json.writeEndObject();
        }
        StateFolder.writePrivately(file, bytes.toByteArray());
    }

    void remove() throws IOException {
        Files.deleteIfExists(file);
    }
}
