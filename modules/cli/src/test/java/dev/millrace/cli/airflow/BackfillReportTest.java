package dev.millrace.cli.airflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.ExitCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackfillReportTest {
    private static final Instant FIFTH = Instant.parse("2026-01-05T00:00:00Z");
    private static final BackfillRequest REQUEST =
            new BackfillRequest("orders", FIFTH, FIFTH.plus(Duration.ofDays(3)), Reprocess.FAILED, false, 1);

    @Test
    void endsWith20WhereARunFailedAndSaysWhereItsLogIs() {
        BackfillReport report = report(0, ended(FIFTH, "success"), ended(FIFTH.plus(Duration.ofDays(1)), "failed"));

        assertThat(report.exitCode()).isEqualTo(ExitCode.BROKEN);
        assertThat(report.text())
                .contains("commit failed; its log: /logs/dag_id=orders/run_id=failed-1/task_id=commit/attempt=2.log")
                .contains("ingest failed; its log: "
                        + "/logs/dag_id=orders/run_id=failed-1/task_id=ingest/map_index=3/attempt=1.log")
                .contains("1 of 2 failed");
        assertThat(report.json()).contains("\"exitCode\":20");
    }

    @Test
    void endsWith0WhereAllSucceeded() {
        assertThat(report(1, ended(FIFTH, "success")).exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(report(1, ended(FIFTH, "success")).text()).contains("1 that was there already left as it is");
    }

    @Test
    void saysWhatToDoWhereThereIsNothingToDo() {
        BackfillReport report = report(3);

        assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(report.text()).contains("3 that were there already left as they are", "--reprocess completed");
    }

    @Test
    void aLogThatIsNoFileHasAPageInAirflow() {
        TaskLogs logs = AirflowServer.at("http://here:8080", "admin", "secret").logs();

        assertThat(logs.of(new TaskRun("orders", "manual__2026-01-05T00:00:00+00:00", "ingest", 3, "failed", 2)))
                .isEqualTo(
                        "http://here:8080/dags/orders/runs/manual__2026-01-05T00%3A00%3A00%2B00%3A00/tasks/ingest/mapped/3"
                                + "?try_number=2");
    }

    private static BackfillReport report(int left, BackfillReport.Ended... runs) {
        return new BackfillReport(
                REQUEST, List.of(runs), left, task -> task.log(Path.of("/logs")).toString(), Duration.ofSeconds(9));
    }

    private static BackfillReport.Ended ended(Instant logicalDate, String state) {
        DagRun run = new DagRun(
                state + "-1",
                logicalDate,
                "backfill",
                state,
                Optional.of(logicalDate),
                Optional.of(logicalDate.plusSeconds(4)));
        List<TaskRun> failures = state.equals("failed")
                ? List.of(
                        new TaskRun("orders", run.runId(), "commit", -1, "failed", 2),
                        new TaskRun("orders", run.runId(), "ingest", 3, "failed", 1))
                : List.of();
        return new BackfillReport.Ended(run, failures);
    }
}
