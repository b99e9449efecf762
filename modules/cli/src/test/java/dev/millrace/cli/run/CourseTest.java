package dev.millrace.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.run.Course.Step;
import dev.millrace.job.ExitCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CourseTest {
    private static final StageEnd PLANNED = new StageEnd(ExitCode.DONE, 2, false, false);
    private static final StageEnd DONE = StageEnd.of(ExitCode.DONE);
    private static final StageEnd NOTHING_STALE = StageEnd.of(ExitCode.NOTHING_STALE);
    private static final StageEnd HELD = StageEnd.of(ExitCode.BROKEN);
    private static final StageEnd MOVED = new StageEnd(ExitCode.TEMPORARY, 0, false, true);

    @Test
    void goesThroughAllStages() {
        assertThat(steps(PLANNED, DONE, DONE, DONE, DONE, DONE))
                .containsExactly(
                        new Step.Plan(),
                        new Step.Ingest(0),
                        new Step.Ingest(1),
                        new Step.Commit(),
                        new Step.Transform(),
                        new Step.Load(),
                        new Step.End(ExitCode.DONE));
    }

    @Test
    void endsWithZeroWhereNothingWasStale() {
        assertThat(steps(NOTHING_STALE, NOTHING_STALE, NOTHING_STALE))
                .containsExactly(new Step.Plan(), new Step.Transform(), new Step.Load(), new Step.End(ExitCode.DONE));
    }

    @Test
    void commitsAPlanThatHasNothingToRead() {
        assertThat(steps(DONE)).containsExactly(new Step.Plan(), new Step.Commit());
    }

    @Test
    void goesOnAfterACommitWithAHeldHourAndEndsWithTwenty() {
        assertThat(last(PLANNED, DONE, DONE, HELD, DONE, DONE)).isEqualTo(new Step.End(ExitCode.BROKEN));
    }

    @Test
    void goesOnAfterAPlanThatFoundOnlyHeldHours() {
        assertThat(steps(HELD, NOTHING_STALE, NOTHING_STALE))
                .containsExactly(new Step.Plan(), new Step.Transform(), new Step.Load(), new Step.End(ExitCode.BROKEN));
    }

    @Test
    void endsWithTwentyWhereAPlanHasOtherHoursThatStayHeld() {
        StageEnd planned = new StageEnd(ExitCode.DONE, 1, true, false);
        assertThat(last(planned, DONE, DONE, DONE, DONE)).isEqualTo(new Step.End(ExitCode.BROKEN));
    }

    @Test
    void plansAgainWhereAnotherRunCameFirst() {
        assertThat(steps(PLANNED, DONE, DONE, MOVED, NOTHING_STALE, DONE, DONE))
                .endsWith(
                        new Step.Commit(),
                        new Step.Plan(),
                        new Step.Transform(),
                        new Step.Load(),
                        new Step.End(ExitCode.DONE));
    }

    @Test
    void givesUpWhereThePlanMovesAgainAndAgain() {
        StageEnd planned = new StageEnd(ExitCode.DONE, 1, false, false);
        List<StageEnd> ends = new ArrayList<>();
        for (int plan = 0; plan < Course.MOST_PLANS; plan++) {
            ends.addAll(List.of(planned, DONE, MOVED));
        }
        assertThat(last(ends.toArray(StageEnd[]::new))).isEqualTo(new Step.End(ExitCode.TEMPORARY));
    }

    @Test
    void endsWhereAStageFails() {
        for (ExitCode code : List.of(ExitCode.BUG, ExitCode.USAGE, ExitCode.TEMPORARY, ExitCode.COMMIT_UNKNOWN)) {
            StageEnd failed = StageEnd.of(code);
            assertThat(last(failed)).isEqualTo(new Step.End(code));
            assertThat(last(PLANNED, failed)).isEqualTo(new Step.End(code));
            assertThat(last(PLANNED, DONE, DONE, failed)).isEqualTo(new Step.End(code));
            assertThat(last(NOTHING_STALE, failed)).isEqualTo(new Step.End(code));
            assertThat(last(NOTHING_STALE, DONE, failed)).isEqualTo(new Step.End(code));
        }
    }

    @Test
    void endsWhereQualityIsBrokenInTransform() {
        assertThat(last(NOTHING_STALE, HELD)).isEqualTo(new Step.End(ExitCode.BROKEN));
    }

    @Test
    void endsWithTwentyWhereTheBooksDoNotBalance() {
        assertThat(last(NOTHING_STALE, DONE, HELD)).isEqualTo(new Step.End(ExitCode.BROKEN));
    }

    private static List<Step> steps(StageEnd... ends) {
        List<Step> steps = new ArrayList<>();
        Course course = Course.begin();
        steps.add(course.step());
        for (StageEnd end : ends) {
            course = course.after(end);
            steps.add(course.step());
        }
        return steps;
    }

    private static Step last(StageEnd... ends) {
        List<Step> steps = steps(ends);
        return steps.get(steps.size() - 1);
    }
}
