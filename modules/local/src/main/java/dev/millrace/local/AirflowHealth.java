package dev.millrace.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What Airflow says of its parts. */
public final class AirflowHealth {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final List<String> PARTS = List.of("metadatabase", "scheduler", "triggerer", "dag_processor");
    private static final int OK = 200;
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    private AirflowHealth() {}

    /** Empty if all are well; else what is not. */
    public static Optional<String> ask(String address) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/api/v2/monitor/health"))
                .timeout(PATIENCE)
                .build();
        try {
            HttpResponse<byte[]> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != OK) {
                return Optional.of("its api-server answers with " + response.statusCode());
            }
            FlatJson health = FlatJson.of(response.body());
            for (String part : PARTS) {
                String status = health.leaves().getOrDefault("/" + part + "/status", "unknown");
                if (!status.equals("healthy")) {
                    return Optional.of("its " + part.replace('_', '-') + " is " + status);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("its api-server does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("nobody waited for an answer");
        }
    }
}
