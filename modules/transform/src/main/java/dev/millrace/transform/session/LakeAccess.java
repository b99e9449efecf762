package dev.millrace.transform.session;

import dev.millrace.environment.Environment;
import dev.millrace.environment.Environment.ObjectStore;
import dev.millrace.environment.Secret;
import java.util.HashMap;
import java.util.Map;

/** How Spark finds the lake: the catalog in the control database, and the settings of Iceberg's file access. */
public record LakeAccess(
        String catalogUrl, String user, Secret password, String warehouse, Map<String, Secret> fileSettings) {
    public LakeAccess {
        fileSettings = Map.copyOf(fileSettings);
    }

    public static LakeAccess of(Environment environment) {
        ObjectStore store = environment.lake().store();
        Map<String, Secret> settings = new HashMap<>();
        settings.put("client.region", Secret.of(store.region()));
        settings.put("s3.path-style-access", Secret.of(Boolean.toString(store.pathStyle())));
        store.endpoint().ifPresent(endpoint -> settings.put("s3.endpoint", Secret.of(endpoint.toString())));
        store.credentials().ifPresent(credentials -> {
            settings.put("s3.access-key-id", Secret.of(credentials.accessKey()));
            settings.put("s3.secret-access-key", credentials.secretKey());
        });
        // Not every server answers "100 Continue" in time.
        settings.put("http-client.apache.expect-continue-enabled", Secret.of("false"));
        return new LakeAccess(
                environment.control().url(),
                environment.control().user(),
                environment.control().password(),
                environment.lake().warehouse().toString(),
                settings);
    }
}
