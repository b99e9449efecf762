package dev.millrace.control;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.sql.SQLException;
import java.util.Locale;

/** Turns a database's failure into a sentence and the exit code that says whether to retry. */
public final class SqlFailure {
    private SqlFailure() {}

    public static JobException of(String database, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return switch (kind(state)) {
            case REFUSED ->
                new JobException(
                        ExitCode.USAGE,
                        "The " + database + " refused the login: " + said
                                + ". Check user and password of the environment.",
                        e);
            case ABSENT ->
                new JobException(
                        ExitCode.USAGE,
                        "The " + database + " does not exist: " + said + ". Check the environment's url.",
                        e);
            case FORBIDDEN ->
                new JobException(ExitCode.USAGE, "The " + database + " denies a permission: " + said + ".", e);
            case PASSING ->
                new JobException(
                        ExitCode.TEMPORARY,
                        "The " + database + " could not be reached or is busy: " + said + ". Try again.",
                        e);
            case OTHER -> new JobException(ExitCode.BUG, "The " + database + " refused a statement: " + said, e);
        };
    }

    private enum Kind {
        REFUSED,
        ABSENT,
        FORBIDDEN,
        PASSING,
        OTHER
    }

    private static Kind kind(String state) {
        String upper = state.toUpperCase(Locale.ROOT);
        if (upper.startsWith("28")) {
            return Kind.REFUSED;
        }
        if (upper.equals("3D000")) {
            return Kind.ABSENT;
        }
        if (upper.equals("42501")) {
            return Kind.FORBIDDEN;
        }
        // Connection lost or refused, serialization and deadlock, out of resources, shut down by the operator, lock
        // timeout.
        if (upper.startsWith("08")
                || upper.startsWith("40")
                || upper.startsWith("53")
                || upper.startsWith("57")
                || upper.equals("55P03")) {
            return Kind.PASSING;
        }
        return Kind.OTHER;
    }
}
