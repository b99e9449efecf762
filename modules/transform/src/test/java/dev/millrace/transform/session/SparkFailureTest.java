package dev.millrace.transform.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.util.concurrent.ExecutionException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparkFailureTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Job aborted due to stage failure: Task 0 in stage 2.0 failed 4 times, most recent failure: Lost task 0.3"
                        + " in stage 2.0 (TID 9) (10.0.0.7 executor 3): ExecutorLostFailure (executor 3 exited)",
                "Job aborted due to stage failure: ResultStage 3 has failed the maximum allowable number of times: 4."
                        + " Most recent failure reason: org.apache.spark.shuffle.FetchFailedException",
            })
    void lostExecutorsAreTriedAgain(String message) {
        RuntimeException told = SparkFailure.of("base.events", new ExecutionException(new SparkException(message)));
        assertThat(told).isInstanceOfSatisfying(JobException.class, job -> {
            assertThat(job.exitCode()).isEqualTo(ExitCode.TEMPORARY);
            assertThat(job).hasMessageContaining("base.events").hasMessageContaining("Try again");
        });
    }

    @Test
    void anyOtherFailureOfSparkStaysAMistakeOfOurs() {
        SparkException thrown = new SparkException("Job aborted due to stage failure: NullPointerException");
        assertThat(SparkFailure.of("base.events", thrown)).isNotInstanceOf(JobException.class);
    }
}
