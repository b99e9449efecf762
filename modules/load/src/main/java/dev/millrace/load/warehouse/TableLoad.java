package dev.millrace.load.warehouse;

import static java.util.Objects.requireNonNull;

import dev.millrace.lake.read.PinnedTable;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The changed periods of a table. Each comes with the content it will have by the control database; without one, nobody
 * answers for the period any more: its rows become those of the lake, and the ledger forgets it.
 */
public record TableLoad(
        WarehouseTable table,
        Optional<PinnedTable> lake,
        SortedMap<String, Optional<String>> contents,
        String runId,
        Instant now,
        int connections) {

    public TableLoad {
        requireNonNull(table, "table");
        requireNonNull(lake, "lake");
        contents = Collections.unmodifiableSortedMap(new TreeMap<>(contents));
        requireNonNull(runId, "runId");
        requireNonNull(now, "now");
    }

    public List<String> periods() {
        return List.copyOf(contents.keySet());
    }
}
