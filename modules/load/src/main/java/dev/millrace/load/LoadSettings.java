package dev.millrace.load;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** How a load is to be done. Periods of {@code again}, by table, are loaded whatever the ledger says. */
public record LoadSettings(String runId, int connections, Duration patience, Map<String, Set<String>> again) {
    public LoadSettings {
        requireNonNull(runId, "runId");
        requireNonNull(patience, "patience");
        again = Map.copyOf(again);
        if (connections < 1) {
            throw new IllegalArgumentException("at least one connection, not " + connections);
        }
    }
}
