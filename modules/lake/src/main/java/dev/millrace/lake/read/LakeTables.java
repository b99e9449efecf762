package dev.millrace.lake.read;

import dev.millrace.environment.Environment;
import dev.millrace.lake.Lake;
import java.util.Optional;

/** The tables of a lake, to be read. */
public interface LakeTables extends AutoCloseable {

    /** The table at its present snapshot; empty where there is no such table. */
    Optional<PinnedTable> pin(String namespace, String table);

    @Override
    void close();

    static LakeTables open(Environment environment) {
        return new Opened(Lake.open(environment));
    }

    /** A lake of our own, closed with its tables. */
    record Opened(Lake lake) implements LakeTables {
        @Override
        public Optional<PinnedTable> pin(String namespace, String table) {
            return lake.exists(namespace, table)
                    ? Optional.of(PinnedTable.of(lake.existing(namespace, table)))
                    : Optional.empty();
        }

        @Override
        public void close() {
            lake.close();
        }
    }
}
