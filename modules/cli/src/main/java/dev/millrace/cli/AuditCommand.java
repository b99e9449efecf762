package dev.millrace.cli;

import dev.millrace.cli.process.JobModule;
import dev.millrace.cli.process.JobProcess.Workload;
import dev.millrace.cli.run.JobEnd;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = {
            "Count and digest the rows of lake and warehouse anew, period by period, and check the books.",
            "Ends with 20 where they differ, naming table and period. Changes nothing."
        },
        footer = {"", "Example: millrace audit consents", "         millrace audit --all"})
final class AuditCommand implements Job.Verb {
    /** Whatever there is may have to be read. */
    private static final Workload EVERYTHING = new Workload(Long.MAX_VALUE);

    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Parameters(arity = "0..1", paramLabel = "PIPELINE", description = "Pipeline: a folder below dags/pipelines.")
    private @Nullable String pipeline;

    @Option(names = "--all", description = "Every pipeline of the project.")
    private boolean all;

    @Option(
            names = "--period",
            paramLabel = "TABLE/PERIOD",
            description = "Only this period of the pipeline; may be given several times.")
    private List<String> periods = List.of();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Override
    public ExitCode call() {
        if (pipeline == null && !all) {
            throw new JobException(ExitCode.USAGE, "Say which pipeline to audit, or --all for every one.");
        }
        List<String> arguments = new ArrayList<>(List.of("audit"));
        // Every period of a pipeline is audited as it is: with one named, --all says no more than that.
        if (pipeline == null) {
            arguments.add("--all");
        } else {
            arguments.addAll(List.of("--pipeline", pipeline));
        }
        periods.forEach(period -> arguments.addAll(List.of("--period", period)));
        if (json) {
            arguments.add("--json");
        }
        arguments.addAll(options.arguments());
        int code =
                new JobRunner(options.installation(), System.err::println).show(JobModule.LOAD, EVERYTHING, arguments);
        return JobEnd.exitCode(JobModule.LOAD, code);
    }
}
