package dev.millrace.ingest.plan;

import dev.millrace.control.MadeOf;
import java.util.List;
import java.util.Optional;

/**
 * What a plan freezes: for each stale hour its generation, of what it is to be made, and what happens to each of its objects.
 * Whoever carries it out looks at nothing else.
 */
public record IngestPlan(
        String planId, String pipeline, String from, String to, List<PlannedTable> tables, int shards) {
    public IngestPlan {
        tables = List.copyOf(tables);
    }

    public record PlannedTable(String table, List<PlannedHour> hours) {
        public PlannedTable {
            hours = List.copyOf(hours);
        }
    }

    public record PlannedHour(
            String hour,
            long generation,
            Mode mode,
            boolean accepted,
            MadeOf madeOf,
            String why,
            List<PlannedObject> objects) {
        public PlannedHour {
            objects = List.copyOf(objects);
        }

        public long bytes() {
            return objects.stream()
                    .filter(object -> object.action().reads())
                    .mapToLong(PlannedObject::size)
                    .sum();
        }
    }

    public enum Mode {
        /** All rows of the hour are made anew. */
        REBUILD,
        /** The hour only gained objects: their rows are added to those that are there. */
        ADD
    }

    public record PlannedObject(String object, String etag, long size, Optional<String> repeats, Action action) {}

    public enum Action {
        /** Read, decoded and written. */
        DECODE,
        /** Read and counted; its content is that of an earlier object. */
        COUNT,
        /** Gone from the bucket: its stored rows are carried over. */
        CARRY,
        /** Left as it is, in an hour that others are added to. */
        KEEP;

        public boolean reads() {
            return this == DECODE || this == COUNT;
        }
    }

    /** A part of the work that one process does. */
    public record Shard(String planId, String pipeline, int shard, List<Unit> units) {
        public Shard {
            units = List.copyOf(units);
        }
    }

    /** Objects of one hour that one thread reads into one file. */
    public record Unit(String table, String hour, List<PlannedObject> objects) {
        public Unit {
            objects = List.copyOf(objects);
        }
    }
}
