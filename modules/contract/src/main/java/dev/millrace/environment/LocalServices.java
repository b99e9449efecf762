package dev.millrace.environment;

import dev.millrace.contract.written.Place;
import dev.millrace.contract.written.Problems;
import dev.millrace.contract.written.Written;
import dev.millrace.contract.written.YamlFile;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the local services wrote about themselves when they started. */
final class LocalServices {
    private final Path file;
    private final Written.Members root;

    private LocalServices(Path file, Written.Members root) {
        this.file = file;
        this.root = root;
    }

    static LocalServices read(Path stateFolder) {
        Path file = stateFolder.resolve("services.json");
        if (!Files.exists(file)) {
            throw new JobException(ExitCode.USAGE, "the local services are not up: run ./millrace up");
        }
        Problems problems = new Problems();
        // JSON is YAML.
        Optional<Written.Members> root = YamlFile.read(file, problems);
        problems.refuseAny(
                "the file of the local services (to have it written anew, run ./millrace down and ./millrace up)");
        return new LocalServices(file, root.orElseThrow());
    }

    /** The values of settings that the services know. */
    Map<EnvironmentSetting, Value> values() {
        Map<EnvironmentSetting, Value> values = new HashMap<>();
        put(values, EnvironmentSetting.BUCKET, bucket("landing"));
        put(values, EnvironmentSetting.LAKE, "s3://" + bucket("lake"));
        store(values, EnvironmentSetting.LANDING_STORE);
        store(values, EnvironmentSetting.LAKE_STORE);
        database(values, EnvironmentSetting.CONTROL, "control");
        database(values, EnvironmentSetting.WAREHOUSE, "warehouse");
        find("masks", "hashKey").ifPresent(key -> put(values, EnvironmentSetting.HASH_KEY, key));
        return values;
    }

    private void store(Map<EnvironmentSetting, Value> values, EnvironmentSetting.ObjectStoreSettings settings) {
        put(values, settings.endpoint(), text("s3", "endpoint"));
        put(values, settings.region(), text("s3", "region"));
        put(values, settings.pathStyle(), "true");
        put(values, settings.accessKey(), text("s3", "accessKey"));
        put(values, settings.secretKey(), text("s3", "secretKey"));
    }

    private void database(
            Map<EnvironmentSetting, Value> values, EnvironmentSetting.DatabaseSettings settings, String name) {
        String url = "jdbc:postgresql://" + text("postgres", "host") + ":" + text("postgres", "port") + "/"
                + text("postgres", name);
        put(values, settings.url(), url);
        put(values, settings.user(), text("postgres", "user"));
        put(values, settings.password(), text("postgres", "password"));
    }

    private String bucket(String stage) {
        return find("s3", stage).orElse("millrace-" + stage);
    }

    private String text(String section, String name) {
        return find(section, name)
                .orElseThrow(() -> new JobException(
                        ExitCode.USAGE,
                        file + " lacks " + section + "." + name + ": run ./millrace down and ./millrace up"));
    }

    private Optional<String> find(String section, String name) {
        return root.value(section)
                .flatMap(value -> value instanceof Written.Members members
                                && members.value(name).orElse(null) instanceof Written.Scalar scalar
                        ? Optional.of(scalar.text())
                        : Optional.empty());
    }

    private void put(Map<EnvironmentSetting, Value> values, EnvironmentSetting setting, String text) {
        values.put(setting, new Value(Secret.of(text), Place.of(file), setting.path() + ": "));
    }
}
