package dev.millrace.cli;

import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import picocli.CommandLine.Command;

@Command(
        name = "warm-up",
        mixinStandardHelpOptions = true,
        description = {
            "Lets every job start faster, until the next build: each runs once on a few records, in services of its own,",
            "and writes down which classes it uses. Takes about a minute; a day's run then takes a quarter less."
        },
        footer = {"", "Example: millrace warm-up"})
final class WarmUpCommand implements Job.Verb {
    @Override
    public ExitCode call() {
        throw new JobException(ExitCode.USAGE, "Run ./millrace warm-up: the entry script does it.");
    }
}
