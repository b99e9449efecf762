package dev.millrace.ingest;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.millrace.ingest.clean.ShardResult;
import dev.millrace.ingest.clean.ShardResult.CountedObject;
import java.util.List;

/** What a shard's records came to, for whoever runs it. */
record ShardReport(String plan, int shard, int objects, long landed, long clean, long duplicate, long quarantined) {

    static ShardReport of(ShardResult result) {
        List<CountedObject> counted =
                result.units().stream().flatMap(unit -> unit.objects().stream()).toList();
        return new ShardReport(
                result.planId(),
                result.shard(),
                counted.size(),
                counted.stream().mapToLong(CountedObject::landed).sum(),
                counted.stream().mapToLong(CountedObject::clean).sum(),
                counted.stream().mapToLong(CountedObject::duplicate).sum(),
                counted.stream().mapToLong(CountedObject::quarantined).sum());
    }

    @JsonIgnore
    String sentence() {
        return landed + " records: " + clean + " clean, " + duplicate + " duplicate, " + quarantined + " quarantined";
    }
}
