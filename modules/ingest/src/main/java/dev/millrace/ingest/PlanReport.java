package dev.millrace.ingest;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.millrace.ingest.plan.IngestPlan;
import dev.millrace.ingest.plan.PlanJob;
import dev.millrace.job.ExitCode;
import java.util.ArrayList;
import java.util.List;

/** What a plan came to, for whoever runs it. */
record PlanReport(
        String plan, int shards, long objects, long bytes, List<StaleHour> stale, List<String> held, int leftOut) {

    record StaleHour(String table, String hour, String why, int objects, long bytes) {}

    static PlanReport of(PlanJob.Planned planned) {
        List<StaleHour> stale = new ArrayList<>();
        for (IngestPlan.PlannedTable table : planned.plan().tables()) {
            for (IngestPlan.PlannedHour hour : table.hours()) {
                int objects = (int) hour.objects().stream()
                        .filter(object -> object.action().reads())
                        .count();
                stale.add(new StaleHour(table.table(), hour.hour(), hour.why(), objects, hour.bytes()));
            }
        }
        return new PlanReport(
                planned.plan().planId(),
                planned.plan().shards(),
                stale.stream().mapToLong(StaleHour::objects).sum(),
                stale.stream().mapToLong(StaleHour::bytes).sum(),
                stale,
                planned.held().stream()
                        .map(held -> held.table() + " " + held.hour().hour())
                        .toList(),
                planned.leftOut().size());
    }

    @JsonIgnore
    ExitCode exitCode() {
        if (!stale.isEmpty()) {
            return ExitCode.DONE;
        }
        return held.isEmpty() ? ExitCode.NOTHING_STALE : ExitCode.BROKEN;
    }

    @JsonIgnore
    String sentence() {
        return stale.size() + " hours are stale, " + held.size() + " stay held";
    }
}
