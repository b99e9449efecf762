package dev.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.job.ExitCode;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoReportTest {
    private static final String PLANNED =
            "{\"stale\":[{\"table\":\"consent_events\",\"hour\":\"2026-01-06T12\",\"why\":\"late object a.gz\"}]}";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void isContentWhereEverythingInjectedWasFound() throws JsonProcessingException {
        DemoReport report = new DemoReport(story(10, PLANNED), List.of(findings(95, 45, List.of())));

        assertThat(report.text())
                .contains("Everything that was injected was found")
                .contains("late object a.gz")
                .contains("consents, 1 run")
                .contains("nothing stale")
                .doesNotContain("differs");
        assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void failsWhereTheWarehouseLacksARow() throws JsonProcessingException {
        DemoReport report = new DemoReport(
                story(10, PLANNED),
                List.of(findings(95, 44, List.of("consent_metrics/2026-01-06: rows 45 expected, found 44"))));

        assertThat(report.exitCode()).isEqualTo(ExitCode.BROKEN);
        assertThat(report.text())
                .contains("consents: warehouse rows of consent_metrics: 45 expected, found 44")
                .contains("audit of consents: consent_metrics/2026-01-06: rows 45 expected, found 44");
    }

    @Test
    void failsWhereRecordsWereLostOrFoundTwice() throws JsonProcessingException {
        DemoReport report = new DemoReport(story(10, PLANNED), List.of(findings(94, 45, List.of())));

        assertThat(report.exitCode()).isEqualTo(ExitCode.BROKEN);
        assertThat(report.text()).contains("consents: clean records: 95 expected, found 94");
    }

    @Test
    void failsWhereTheSecondBackfillFoundSomethingToDo() throws JsonProcessingException {
        DemoReport report = new DemoReport(story(0, PLANNED), List.of(findings(95, 45, List.of())));

        assertThat(report.exitCode()).isEqualTo(ExitCode.BROKEN);
        assertThat(report.text())
                .contains("second backfill of consents: runs whose transform found nothing stale: 1 expected, found 0");
    }

    @Test
    void failsWhereMoreThanTheLateObjectsHourWasRebuilt() throws JsonProcessingException {
        String planned =
                "{\"stale\":[{\"table\":\"consent_events\",\"hour\":\"2026-01-06T11\",\"why\":\"never built\"}]}";
        DemoReport report = new DemoReport(story(10, planned), List.of(findings(95, 45, List.of())));

        assertThat(report.exitCode()).isEqualTo(ExitCode.BROKEN);
        assertThat(report.text()).contains("hour 2026-01-06T11 was stale because of never built");
    }

    @Test
    void isWrittenDownAndReadAgain() throws JsonProcessingException {
        Story story = story(10, PLANNED);

        story.write(folder);

        assertThat(Story.read(folder)).isEqualTo(story);
    }

    /** 100 landed, 90 of them clean and 10 not; 5 came late, and once more. */
    private static Story story(int secondTransform, String thirdPlan) throws JsonProcessingException {
        SortedMap<String, Long> reasons = new TreeMap<>();
        reasons.put("malformed", 10L);
        SortedMap<String, Story.Injected> injected = new TreeMap<>();
        injected.put("consents", new Story.Injected(3, 100, 90, 2, reasons));
        return new Story(
                injected,
                new Story.Late("consents", "2026-01-06T12", List.of("events/a.gz", "events/b.gz"), 5),
                List.of(
                        backfill("first", attempt("ingest plan", 0, "{}"), attempt("load", 0, "{}")),
                        backfill(
                                "second",
                                attempt("ingest plan", 10, "{}"),
                                attempt("transform", secondTransform, "{}"),
                                attempt("load", 10, "{}")),
                        backfill("third", attempt("ingest plan", 0, thirdPlan), attempt("ingest run 0", 0, "{}"))));
    }

    private static Story.Backfill backfill(String title, Attempt... attempts) {
        SortedMap<String, Story.Runs> runs = new TreeMap<>();
        runs.put("consents", new Story.Runs(1, List.of(attempts)));
        return new Story.Backfill(title, 1.5, runs);
    }

    private static Attempt attempt(String stage, int exitCode, String facts) throws JsonProcessingException {
        return new Attempt("run", stage, exitCode, 2.5, new ObjectMapper().readTree(facts));
    }

    private static Findings findings(long clean, long metrics, List<String> differences) {
        SortedMap<String, Long> reasons = new TreeMap<>();
        reasons.put("malformed", 10L);
        return new Findings(
                "consents",
                110,
                clean,
                5,
                reasons,
                List.of(
                        new Findings.Rows("consent_events", false, 93, 2, 93),
                        new Findings.Rows("consent_metrics", true, 45, 0, metrics)),
                differences);
    }
}
