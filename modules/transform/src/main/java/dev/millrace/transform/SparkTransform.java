package dev.millrace.transform;

import dev.millrace.contract.BaseSettings;
import dev.millrace.contract.Contract;
import dev.millrace.contract.ModelSettings;
import dev.millrace.contract.ModelTable;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.ControlDatabase;
import dev.millrace.job.LogContext;
import dev.millrace.transform.base.BaseBuild;
import dev.millrace.transform.export.ExportBuild;
import dev.millrace.transform.export.Exports;
import dev.millrace.transform.export.StaleExport;
import dev.millrace.transform.model.ModelBuild;
import dev.millrace.transform.publish.Published;
import dev.millrace.transform.session.LakeAccess;
import dev.millrace.transform.session.LakeSession;
import dev.millrace.transform.session.SparkFailure;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The part of the job that needs Spark. */
final class SparkTransform implements AutoCloseable {
    /** For this long one run waits for another that builds the same table. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LakeSession session;
    private final Contract contract;
    private final ControlDatabase control;
    private final String runId;
    private final Clock clock;

    private SparkTransform(LakeSession session, Contract contract, ControlDatabase control, String runId, Clock clock) {
        this.session = session;
        this.contract = contract;
        this.control = control;
        this.runId = runId;
        this.clock = clock;
    }

    static SparkTransform open(Contract contract, ControlDatabase control, LakeAccess lake, String runId, Clock clock) {
        try {
            LakeSession session = LakeSession.open(lake, "millrace transform " + contract.pipeline());
            return new SparkTransform(session, contract, control, runId, clock);
        } catch (Exception e) {
            throw SparkFailure.of("pipeline " + contract.pipeline(), e);
        }
    }

    List<TransformResult.Period> base() {
        List<TransformResult.Period> periods = new ArrayList<>();
        for (SourceTable table : contract.sources()) {
            periods.addAll(build(
                    "base." + table.name(),
                    () -> new BaseBuild(session, control, table, BaseSettings.digest(table), runId, clock)
                            .run(PATIENCE)));
        }
        return periods;
    }

    /** In the contract's order, which puts a model behind its inputs. */
    List<TransformResult.Period> models() {
        List<TransformResult.Period> periods = new ArrayList<>();
        for (ModelTable model : contract.models()) {
            periods.addAll(build(
                    "model." + model.name(),
                    () -> new ModelBuild(session, control, contract, model, ModelSettings.digest(model), runId, clock)
                            .run(PATIENCE)));
        }
        return periods;
    }

    /** Of models as they are now. */
    List<TransformResult.ExportFile> exports(Exports exports) {
        List<TransformResult.ExportFile> files = new ArrayList<>();
        ExportBuild build = new ExportBuild(session, control, exports, clock);
        for (StaleExport stale : exports.stale(Set.of())) {
            String table = "model." + stale.model().name();
            try (LogContext context = LogContext.fresh().table(table)) {
                build.run(stale, PATIENCE).map(TransformResult::done).ifPresent(files::add);
            } catch (Exception e) {
                throw session.stopped() ? SparkFailure.stopped() : SparkFailure.of("the export of table " + table, e);
            }
        }
        return files;
    }

    private List<TransformResult.Period> build(String table, Supplier<Published> work) {
        try (LogContext context = LogContext.fresh().table(table)) {
            return TransformResult.done(work.get());
        } catch (Exception e) {
            throw session.stopped() ? SparkFailure.stopped() : SparkFailure.of("table " + table, e);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
