package dev.millrace.cli;

import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The tests build the jars that this command runs from, so the entry script runs them itself. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        description = {
            "Run every check and every test: Java's, then Python's, which drive the real jobs.",
            "Ends with 0 where all passed."
        },
        footer = {"", "Example: millrace test", "         millrace test python"})
final class TestCommand implements Job.Verb {
    @Parameters(arity = "0..1", paramLabel = "java|python", description = "Only these; all if not given.")
    private String which = "all";

    @Override
    public ExitCode call() {
        throw new JobException(ExitCode.USAGE, "Run ./millrace test: the entry script runs " + which + " tests.");
    }
}
