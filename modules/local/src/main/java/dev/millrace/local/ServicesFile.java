package dev.millrace.local;

import dev.millrace.local.Services.Masks;
import dev.millrace.local.Services.PostgresAccess;
import dev.millrace.local.Services.S3Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** {@code services.json}: what other programs read to find the services. It is there only while they are up. */
final class ServicesFile {
    private final Path file;

    ServicesFile(Path file) {
        this.file = file;
    }

    /** Empty where there is none. */
    Optional<Services> read() throws IOException {
        Optional<FlatJson> there = FlatJson.ofFile(file);
        if (there.isEmpty()) {
            return Optional.empty();
        }
        FlatJson json = there.get();
        return Optional.of(new Services(
                new S3Access(
                        json.text("/s3/endpoint"),
                        json.text("/s3/region"),
                        json.text("/s3/accessKey"),
                        json.text("/s3/secretKey"),
                        json.text("/s3/landing"),
                        json.text("/s3/lake")),
                new PostgresAccess(
                        json.text("/postgres/host"),
                        Math.toIntExact(json.number("/postgres/port")),
                        json.text("/postgres/user"),
                        json.text("/postgres/password"),
                        json.text("/postgres/control"),
                        json.text("/postgres/warehouse")),
                new Masks(json.text("/masks/hashKey")),
                json.number("/pid"),
                Instant.parse(json.text("/startedAt"))));
    }

    void write(Services services) throws IOException {
        FlatJson.write(file, json -> {
            json.writeObjectFieldStart("s3");
            json.writeStringField("endpoint", services.s3().endpoint());
            json.writeStringField("region", services.s3().region());
            json.writeStringField("accessKey", services.s3().accessKey());
            json.writeStringField("secretKey", services.s3().secretKey());
            json.writeStringField("landing", services.s3().landing());
            json.writeStringField("lake", services.s3().lake());
            json.writeEndObject();
            json.writeObjectFieldStart("postgres");
            json.writeStringField("host", services.postgres().host());
            json.writeNumberField("port", services.postgres().port());
            json.writeStringField("user", services.postgres().user());
            json.writeStringField("password", services.postgres().password());
            json.writeStringField("control", services.postgres().control());
            json.writeStringField("warehouse", services.postgres().warehouse());
            json.writeEndObject();
            json.writeObjectFieldStart("masks");
            json.writeStringField("hashKey", services.masks().hashKey());
            json.writeEndObject();
            json.writeNumberField("pid", services.pid());
            json.writeStringField("startedAt", services.startedAt().toString());
        });
    }

    void remove() throws IOException {
        Files.deleteIfExists(file);
    }
}
