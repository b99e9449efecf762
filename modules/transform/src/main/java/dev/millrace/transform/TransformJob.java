package dev.millrace.transform;

import dev.millrace.contract.Contract;
import dev.millrace.control.ControlDatabase;
import dev.millrace.transform.export.Exports;
import dev.millrace.transform.session.LakeAccess;
import dev.millrace.transform.stale.StalePeriod;
import dev.millrace.transform.stale.Staleness;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Rebuilds whatever is stale of a pipeline's base tables, models and exports. Nothing of Spark is loaded before something is. */
public final class TransformJob {
    private final Contract contract;
    private final ControlDatabase control;
    private final LakeAccess lake;
    private final String runId;
    private final Clock clock;

    public TransformJob(Contract contract, ControlDatabase control, LakeAccess lake, String runId, Clock clock) {
        this.contract = contract;
        this.control = control;
        this.lake = lake;
        this.runId = runId;
        this.clock = clock;
    }

    public TransformResult run() {
        try (Exports exports = new Exports(contract, control, lake)) {
            TransformResult planned = plan(exports);
            if (planned.nothing()) {
                return new TransformResult(contract.pipeline(), runId, false, List.of(), List.of());
            }
            try (SparkTransform spark = SparkTransform.open(contract, control, lake, runId, clock)) {
                List<TransformResult.Period> periods = new ArrayList<>();
                periods.addAll(spark.base());
                periods.addAll(spark.models());
                List<TransformResult.ExportFile> files = spark.exports(exports);
                return new TransformResult(contract.pipeline(), runId, false, planned.explaining(periods), files);
            }
        }
    }

    /** What {@link #run} would do, and why. */
    public TransformResult plan() {
        try (Exports exports = new Exports(contract, control, lake)) {
            return plan(exports);
        }
    }

    private TransformResult plan(Exports exports) {
        Staleness staleness = new Staleness(control, contract);
        List<StalePeriod> base = staleness.base();
        List<TransformResult.Period> periods = new ArrayList<>();
        periods.addAll(TransformResult.stale("base", base));
        List<StalePeriod> models = staleness.models(base);
        periods.addAll(TransformResult.stale("model", models));
        Set<String> rebuilt = models.stream().map(StalePeriod::table).collect(Collectors.toSet());
        return new TransformResult(
                contract.pipeline(), runId, true, periods, TransformResult.planned(exports.stale(rebuilt)));
    }
}
