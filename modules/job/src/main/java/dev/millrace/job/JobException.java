package dev.millrace.job;

import static java.util.Objects.requireNonNull;

/**
 * A bad run. The message is a sentence for the engineer on duty: it names the object and table concerned and the next
 * action, and never a payload or a secret. Bad records are values and never come this way.
 */
public final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    public JobException(ExitCode exitCode, String message) {
        super(requireNonNull(message, "message"));
        this.exitCode = requireNonNull(exitCode, "exitCode");
    }

    public JobException(ExitCode exitCode, String message, Throwable cause) {
        super(requireNonNull(message, "message"), cause);
        this.exitCode = requireNonNull(exitCode, "exitCode");
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
