package dev.millrace.ingest.clean;

import dev.millrace.control.Edge;
import dev.millrace.lake.LakeFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the work on a shard left behind: files that wait beside the data, and the books of what went into them. */
public record ShardResult(String planId, int shard, List<UnitResult> units) {
    public ShardResult {
        units = List.copyOf(units);
    }

    /** Where a shard's result waits in the lake for the commit. */
    public static String path(String planId, int shard) {
        return "plans/" + planId + "/shard-" + shard + ".json";
    }

    public record UnitResult(
            String table,
            String hour,
            Optional<LakeFile> clean,
            Optional<LakeFile> quarantine,
            List<CountedObject> objects,
            List<Edge> edges) {
        public UnitResult {
            objects = List.copyOf(objects);
            edges = List.copyOf(edges);
        }
    }

    public record CountedObject(
            String object, long landed, long clean, long duplicate, long quarantined, Map<String, Long> reasons) {}
}
