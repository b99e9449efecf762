package dev.millrace.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.cli.process.Children.Ended;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RunJobTest {
    private static final Ended PLANNED = new Ended(
            0,
            "{\"plan\":\"p1\",\"shards\":1,\"objects\":2,\"bytes\":1000,"
                    + "\"stale\":[{\"table\":\"t\",\"hour\":\"2026-01-05T00\"}],\"held\":[]}\n");
    private static final Ended READ = new Ended(0, "{\"landed\":10,\"clean\":8,\"duplicate\":1,\"quarantined\":1}\n");
    private static final Ended COMMITTED = new Ended(
            0,
            "{\"exitCode\":\"DONE\",\"held\":[],\"moved\":[],\"totals\":"
                    + "{\"hours\":1,\"landed\":10,\"clean\":8,\"duplicate\":1,\"quarantined\":1}}\n");
    private static final Ended BUILT = new Ended(
            0,
            "{\"periods\":[{\"table\":\"t\",\"layer\":\"base\",\"period\":\"2026\",\"state\":\"rewritten\",\"rows\":8}]}");
    private static final Ended LOADED = new Ended(
            0,
            "{\"stale\":[{}],\"loaded\":{\"t\":{\"read\":8,\"deleted\":0,\"updated\":1,\"inserted\":7}},"
                    + "\"audit\":{\"findings\":[]}}");

    private final List<List<String>> asked = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @Test
    void tellsWhatTheStagesTold() {
        RunReport report = run(PLANNED, READ, COMMITTED, BUILT, LOADED);

        assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
        TreeMap<String, Long> reasons = new TreeMap<>();
        reasons.put("malformed", 1L);
        assertThat(report.text(reasons))
                .contains("10 landed = 8 clean + 1 duplicate + 1 quarantined")
                .containsPattern("malformed +1\n")
                .containsPattern("base +t +8 rows\n")
                .containsPattern("warehouse t +8 rows +\\(0 deleted, 1 updated, 7 inserted\\)")
                .contains("balanced");
        assertThat(report.json(reasons))
                .contains("\"exit\":\"DONE\"", "\"quarantined\":{\"malformed\":1}", "\"balanced\":true");
    }

    @Test
    void handsPlanAndShardOn() {
        run(PLANNED, READ, COMMITTED, BUILT, LOADED);

        assertThat(asked.get(0)).startsWith("plan").containsSequence("--from", "2026-01-05", "--to", "2026-01-06");
        assertThat(asked.get(1)).startsWith("run").containsSequence("--plan", "p1", "--shard", "0");
        assertThat(asked.get(2)).startsWith("commit").containsSequence("--plan", "p1");
        assertThat(asked)
                .allSatisfy(arguments -> assertThat(arguments)
                        .containsSequence("--pipeline", "consents")
                        .containsSequence("--run-id", "run-1")
                        .containsSequence("--env", "test"));
    }

    @Test
    void triesAgainWhatIsTemporaryAndWaitsLongerEachTime() {
        Ended temporary = new Ended(75, "");

        RunReport report = run(PLANNED, READ, temporary, temporary, COMMITTED, BUILT, new Ended(76, ""), LOADED);

        assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(1));
    }

    @Test
    void givesUpAfterThreeMoreTries() {
        Ended temporary = new Ended(75, "");

        assertThat(run(temporary, temporary, temporary, temporary).exitCode()).isEqualTo(ExitCode.TEMPORARY);
        assertThat(asked).hasSize(4);
    }

    @Test
    void plansAgainAtOnceWhereTheHoursMoved() {
        Ended moved = new Ended(75, "{\"exitCode\":\"TEMPORARY\",\"held\":[],\"moved\":[\"t 2026-01-05T00\"]}");

        RunReport report = run(PLANNED, READ, moved, new Ended(10, "{\"held\":[]}"), BUILT, LOADED);

        assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(pauses).isEmpty();
        assertThat(asked.get(3)).startsWith("plan");
    }

    @Test
    void endsWithTwentyWhereAnHourIsHeld() {
        Ended held =
                new Ended(20, "{\"exitCode\":\"BROKEN\",\"held\":[\"t 2026-01-05T00\"],\"moved\":[],\"totals\":{}}");

        RunReport report = run(PLANNED, READ, held, BUILT, LOADED);

        assertThat(report.exitCode()).isEqualTo(ExitCode.BROKEN);
        assertThat(asked).hasSize(5);
    }

    @Test
    void saysThatAJobWasKilled() {
        assertThatThrownBy(() -> run(PLANNED, new Ended(137, "")))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("killed by signal 9");
    }

    @Test
    void dryRunTellsEveryStalePartition() {
        DryRunReport report = new DryRunJob(
                        request(),
                        answers(
                                new Ended(
                                        0,
                                        "{\"stale\":[{\"table\":\"t\",\"hour\":\"2026-01-05T00\",\"why\":\"late object\","
                                                + "\"objects\":1,\"bytes\":77}],\"held\":[\"t 2026-01-05T01\"]}"),
                                new Ended(
                                        0,
                                        "{\"periods\":[{\"table\":\"t\",\"layer\":\"base\",\"period\":\"2026\","
                                                + "\"reasons\":[\"never built\"],\"rows\":8}]}"),
                                new Ended(10, "{\"stale\":[]}")))
                .run();

        assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(report.text())
                .containsPattern("ingest +t +2026-01-05T00 +1 objects, 77 bytes +late object")
                .containsPattern("transform +base.t +2026 +8 rows +never built")
                .contains("Held: t 2026-01-05T01");
        assertThat(asked).allSatisfy(arguments -> assertThat(arguments).contains("--dry-run"));
    }

    private RunReport run(Ended... ends) {
        Progress progress = new LoggedProgress(new PrintStream(log, true, StandardCharsets.UTF_8));
        return new RunJob(request(), answers(ends), progress, () -> 0, pauses::add).run();
    }

    private Jobs answers(Ended... ends) {
        Queue<Ended> left = new ArrayDeque<>(List.of(ends));
        return (module, workload, arguments) -> {
            asked.add(arguments);
            return left.remove();
        };
    }

    private static RunRequest request() {
        return new RunRequest(
                Path.of("/project"),
                Optional.of("test"),
                "consents",
                "run-1",
                "2026-01-05",
                "2026-01-06",
                false,
                List.of(),
                List.of(),
                3);
    }
}
