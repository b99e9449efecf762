package dev.millrace.transform.session;

import dev.millrace.control.SqlFailure;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.spark.SparkArithmeticException;
import org.apache.spark.SparkDateTimeException;
import org.apache.spark.SparkException;
import org.apache.spark.SparkNumberFormatException;
import org.apache.spark.SparkRuntimeException;
import org.apache.spark.SparkThrowable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Turns what Spark, Iceberg and S3 throw into a sentence and the exit code that says whether to retry. Spark's own sentences
 * about data quote it, so that only the name of the condition is passed on.
 */
public final class SparkFailure {
    private SparkFailure() {}

    /** What is returned is to be thrown: a mistake of ours stays as it is. Scala throws checked exceptions undeclared. */
    public static RuntimeException of(String what, Exception thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof JobException known) {
                return known;
            }
            Optional<RuntimeException> told = told(what, cause);
            if (told.isPresent()) {
                return told.get();
            }
        }
        return thrown instanceof RuntimeException ours ? ours : new IllegalStateException(thrown);
    }

    /** Once Spark has stopped, whatever else fails only follows from that. */
    public static RuntimeException stopped() {
        return new JobException(
                ExitCode.TEMPORARY,
                "Spark stopped before the work was done: its master did not take the application, or ended it. Look at"
                        + " the master's log, and try again.");
    }

    /** Spark has tried several times by then, and says in its sentence only why. */
    private static boolean lostExecutors(SparkException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.startsWith("Job aborted")
                && (message.contains("ExecutorLostFailure") || message.contains("FetchFailed"));
    }

    private static Optional<RuntimeException> told(String what, Throwable cause) {
        if (cause instanceof CommitStateUnknownException) {
            return failure(
                    ExitCode.COMMIT_UNKNOWN,
                    "Whether the commit to " + what + " arrived is not known. Nothing was cleaned up: try again, which"
                            + " looks first.",
                    cause);
        }
        if (cause instanceof CommitFailedException) {
            return failure(ExitCode.TEMPORARY, "Another commit to " + what + " came first. Try again.", cause);
        }
        if (cause instanceof SQLException sql) {
            return Optional.of(SqlFailure.of("control database", sql));
        }
        if (cause instanceof AwsServiceException service) {
            return failure(
                    service.statusCode() >= 500 || service.isThrottlingException()
                            ? ExitCode.TEMPORARY
                            : ExitCode.USAGE,
                    "S3 answered " + service.statusCode() + " to the work on " + what
                            + ": check the environment's lake, or try again where it is 5xx.",
                    cause);
        }
        if (cause instanceof ForbiddenException || cause instanceof NotFoundException) {
            return failure(
                    ExitCode.USAGE,
                    "A file of " + what + " is missing or may not be read: check the environment's lake.",
                    cause);
        }
        if (cause instanceof SdkClientException
                || cause instanceof IOException
                || cause instanceof UncheckedIOException) {
            return failure(ExitCode.TEMPORARY, "S3 could not be reached for " + what + ". Try again.", cause);
        }
        if (cause instanceof SparkException failure && lostExecutors(failure)) {
            return failure(
                    ExitCode.TEMPORARY,
                    "Executors were lost while Spark worked on " + what
                            + ": nothing of it is published. Try again; if it happens again, look at the executors' logs and give"
                            + " them more memory.",
                    cause);
        }
        if (cause instanceof SparkArithmeticException
                || cause instanceof SparkDateTimeException
                || cause instanceof SparkNumberFormatException
                || cause instanceof SparkRuntimeException) {
            String condition = ((SparkThrowable) cause).getCondition();
            return failure(
                    ExitCode.BROKEN,
                    "The SQL of " + what + " fails on its rows with " + condition
                            + ": nothing of it is published. Let the SQL say what such a row should give.",
                    cause);
        }
        return Optional.empty();
    }

    private static Optional<RuntimeException> failure(ExitCode code, String sentence, Throwable cause) {
        return Optional.of(new JobException(code, sentence, cause));
    }
}
