package dev.millrace.job;

import java.io.PrintWriter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * How every command of ours runs: arguments are parsed, exceptions become one sentence and an exit code, and only a mistake of
 * ours shows a stack trace. Results go to standard output, everything else to standard error.
 */
public final class Job {
    private static final Logger LOG = LoggerFactory.getLogger(Job.class);

    private Job() {}

    /** Runs a picocli command whose call returns an {@link ExitCode}; gives back the process's exit code. */
    public static int run(Object command, String... args) {
        try (LogContext context = LogContext.fresh()) {
            return line(command).execute(args);
        }
    }

    /** The command line with our handlers, for those who ask it for more than to run. */
    public static CommandLine line(Object command) {
        CommandLine line = new CommandLine(command);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(wrongUsage());
        // picocli takes a returned int for the exit code; ours is an enum.
        line.setExecutionStrategy(parsed -> {
            int helped = CommandLine.executeHelpRequest(parsed) == null ? -1 : 0;
            if (helped >= 0) {
                return helped;
            }
            List<CommandLine> lines = parsed.asCommandLineList();
            CommandLine last = lines.get(lines.size() - 1);
            Object subject = last.getCommand();
            if (subject instanceof Verb verb) {
                try {
                    return verb.call().code();
                } catch (RuntimeException e) {
                    return fail(e).code();
                }
            }
            last.usage(last.getErr());
            return ExitCode.USAGE.code();
        });
        return line;
    }

    /** What a command does. Wrong usage and bad runs are {@link JobException}s. */
    public interface Verb {
        ExitCode call();
    }

    private static IParameterExceptionHandler wrongUsage() {
        return (e, args) -> {
            CommandLine line = e.getCommandLine();
            PrintWriter err = line.getErr();
            if (e.getCause() instanceof JobException job) {
                err.println(job.getMessage());
                return job.exitCode().code();
            }
            err.println(e.getMessage());
            UnmatchedArgumentException.printSuggestions(e, err);
            err.println("See '" + line.getCommandSpec().qualifiedName() + " --help'.");
            return ExitCode.USAGE.code();
        };
    }

    /** Says why a run failed, and gives the exit code for it. What a library has wrapped ours into does not matter. */
    public static ExitCode fail(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof JobException job) {
                if (job.exitCode() == ExitCode.BUG) {
                    LOG.error(job.getMessage(), e);
                } else {
                    LOG.error(job.getMessage());
                }
                return job.exitCode();
            }
        }
        LOG.error("This is a mistake in Millrace: please report it with the lines below.", e);
        return ExitCode.BUG;
    }
}
