package dev.millrace.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.cli.process.JobModule;
import dev.millrace.cli.process.JobProcess.Workload;
import dev.millrace.job.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Asks every stage what is stale, why, and what it costs. Changes nothing. */
public final class DryRunJob {
    private final RunRequest request;
    private final Jobs jobs;

    public DryRunJob(RunRequest request, Jobs jobs) {
        this.request = request;
        this.jobs = jobs;
    }

    public DryRunReport run() {
        List<DryRunReport.Stale> stale = new ArrayList<>();
        JobEnd plan = ask(JobModule.INGEST, request.plan(true));
        for (JsonNode hour : plan.report().path("stale")) {
            stale.add(new DryRunReport.Stale(
                    Stage.INGEST,
                    hour.path("table").asText(),
                    hour.path("hour").asText(),
                    hour.path("why").asText(),
                    hour.path("objects").asLong(),
                    hour.path("bytes").asLong(),
                    0));
        }
        List<String> held = new ArrayList<>();
        plan.report().path("held").forEach(hour -> held.add(hour.asText()));
        if (!answers(plan)) {
            return new DryRunReport(request, stale, held, plan.exitCode());
        }
        JobEnd transform = ask(JobModule.TRANSFORM, request.stage(true));
        for (JsonNode period : transform.report().path("periods")) {
            StringJoiner why = new StringJoiner(", ");
            period.path("reasons").forEach(reason -> why.add(reason.asText()));
            stale.add(rows(
                    Stage.TRANSFORM,
                    period.path("layer").asText() + "." + period.path("table").asText(),
                    period,
                    why.toString()));
        }
        for (JsonNode export : transform.report().path("exports")) {
            stale.add(new DryRunReport.Stale(
                    Stage.TRANSFORM,
                    "export." + export.path("table").asText(),
                    export.path("object").asText(),
                    export.path("reason").asText(),
                    0,
                    0,
                    export.path("rows").asLong()));
        }
        if (!answers(transform)) {
            return new DryRunReport(request, stale, held, transform.exitCode());
        }
        JobEnd load = ask(JobModule.LOAD, request.stage(true));
        for (JsonNode period : load.report().path("stale")) {
            stale.add(rows(
                    Stage.LOAD,
                    period.path("table").asText(),
                    period,
                    period.path("why").asText()));
        }
        return new DryRunReport(request, stale, held, answers(load) ? ExitCode.DONE : load.exitCode());
    }

    private static DryRunReport.Stale rows(Stage stage, String table, JsonNode period, String why) {
        return new DryRunReport.Stale(
                stage,
                table,
                period.path("period").asText(),
                why,
                0,
                0,
                period.path("rows").asLong());
    }

    private JobEnd ask(JobModule module, List<String> arguments) {
        return JobEnd.of(module, jobs.run(module, Workload.SLIGHT, arguments));
    }

    private static boolean answers(JobEnd end) {
        return switch (end.exitCode()) {
            case DONE, NOTHING_STALE, BROKEN -> true;
            case BUG, USAGE, TEMPORARY, COMMIT_UNKNOWN -> false;
        };
    }
}
