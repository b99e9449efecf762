package dev.millrace.cli;

import static java.util.Objects.requireNonNull;

import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Print a script that teaches bash or zsh to complete this command.",
        footer = {"", "Example: source <(./millrace completion)"})
final class CompletionCommand implements Job.Verb {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public ExitCode call() {
        System.out.print(
                AutoComplete.bash("millrace", requireNonNull(spec).root().commandLine()));
        System.out.flush();
        return ExitCode.DONE;
    }
}
