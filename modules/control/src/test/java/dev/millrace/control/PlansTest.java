package dev.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class PlansTest {
    private final TestControl database = TestControl.empty();
    private final ControlDatabase control = database.open();
    private final Plans plans = new Plans(control);

    private static void assertNoPlan(ThrowingCallable call, String words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining(words)
                .hasMessageContaining("ingest plan");
    }

    @Test
    void givesBackWhatWasFrozen() {
        plans.freeze("p", "consents", "[\"the plan\"]", List.of("[0]", "[1]"), Instant.EPOCH);
        assertThat(plans.body("p")).isEqualTo("[\"the plan\"]");
        assertThat(plans.shard("p", 0)).isEqualTo("[0]");
        assertThat(plans.shard("p", 1)).isEqualTo("[1]");
    }

    @Test
    void aFrozenPlanNeverChanges() {
        plans.freeze("p", "consents", "[1]", List.of("[0]"), Instant.EPOCH);
        assertThatThrownBy(() -> plans.freeze("p", "consents", "[2]", List.of("[7]", "[8]"), Instant.EPOCH))
                .isInstanceOf(JobException.class);
        assertThat(plans.body("p")).isEqualTo("[1]");
        assertThat(plans.shard("p", 0)).isEqualTo("[0]");
        assertNoPlan(() -> plans.shard("p", 1), "no plan p with a shard 1");
    }

    @Test
    void namesThePlanThatThereIsNot() {
        assertNoPlan(() -> plans.body("nothing"), "no plan nothing");
        assertNoPlan(() -> plans.shard("nothing", 3), "no plan nothing with a shard 3");
    }

    @Test
    void aRunThatPlansAgainHasAnotherPlan() {
        assertThat(plans.next("run")).isEqualTo("run");
        plans.freeze("run", "consents", "[]", List.of(), Instant.EPOCH);
        assertThat(plans.next("run")).isEqualTo("run.2");
        plans.freeze("run.2", "consents", "[]", List.of(), Instant.EPOCH);
        assertThat(plans.next("run")).isEqualTo("run.3");
        assertThat(plans.next("ru")).isEqualTo("ru");
        assertThat(plans.next("run.2")).isEqualTo("run.2.2");
        assertThat(plans.next("run%")).isEqualTo("run%");
    }

    @Test
    void isCommittedWithTheTransactionThatEndsIt() {
        plans.freeze("p", "consents", "[]", List.of(), Instant.EPOCH);
        assertThatThrownBy(() -> control.transact(connection -> {
                    plans.committed(connection, "p", Instant.EPOCH);
                    throw new IllegalStateException("dies");
                }))
                .hasMessage("dies");
        String committed = "select committed_at is not null from millrace.plan";
        assertThat(database.texts(committed)).containsExactly("f");
        control.transact(connection -> plans.committed(connection, "p", Instant.EPOCH));
        assertThat(database.texts(committed)).containsExactly("t");
    }
}
