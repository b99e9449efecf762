package dev.millrace.cli;

import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.local.LocalServices;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description = "Stop the local services, also where a crash left parts of them behind. Data stays.",
        footer = {"", "Example: millrace down"})
final class DownCommand implements Job.Verb {
    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Override
    public ExitCode call() {
        LocalServices.Stop stop = LocalServices.at(options.stateFolder()).down(System.err::println);
        System.out.println(
                stop == LocalServices.Stop.STOPPED
                        ? "The local services are stopped; their data stays."
                        : "The local services were not up.");
        return ExitCode.DONE;
    }
}
