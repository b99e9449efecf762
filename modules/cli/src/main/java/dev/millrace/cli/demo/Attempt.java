package dev.millrace.cli.demo;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.cli.run.Stage;
import java.util.Locale;

/**
 * A stage of a run as the ledger has it.
 *
 * @param ledgerName as the ledger calls the stage; a shard has its number at the end
 * @param exitCode -1 where it has none
 * @param facts what its job told
 */
record Attempt(String run, String ledgerName, int exitCode, double seconds, JsonNode facts) {
    private static final String OF_INGEST = "ingest ";

    Attempt {
        requireNonNull(run, "run");
        requireNonNull(ledgerName, "ledgerName");
        requireNonNull(facts, "facts");
    }

    /** Whether the ledger means a stage of a run; what takes from queues and streams is none. */
    static boolean isOfAStage(String ledgerName) {
        return !ledgerName.equals("land") && !ledgerName.startsWith("land ");
    }

    Stage stage() {
        if (ledgerName.startsWith(OF_INGEST)) {
            String verb = ledgerName.substring(OF_INGEST.length());
            return verb.startsWith("run") ? Stage.INGEST : Stage.valueOf(verb.toUpperCase(Locale.ROOT));
        }
        return Stage.valueOf(ledgerName.toUpperCase(Locale.ROOT));
    }
}
