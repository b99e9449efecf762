package dev.millrace.cli;

import dev.millrace.cli.process.JobModule;
import dev.millrace.cli.process.JobProcess.Workload;
import dev.millrace.cli.run.JobEnd;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Benchmarks on seeded data, with peers side by side. Further options go to the benchmark.",
        footer = {"", "Example: millrace bench ingest --events 1000000"})
final class BenchCommand implements Job.Verb {
    private static final Workload LARGE = new Workload(Long.MAX_VALUE);

    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "ingest, load or chain; all if not given.")
    private List<String> names = List.of();

    @Unmatched
    private List<String> others = List.of();

    @Override
    public ExitCode call() {
        if (!options.installation().has(JobModule.BENCH)) {
            throw new JobException(ExitCode.USAGE, "There are no benchmarks in this checkout yet: no modules/bench.");
        }
        List<String> arguments = new ArrayList<>(names);
        arguments.addAll(others);
        int code = new JobRunner(options.installation(), System.err::println).show(JobModule.BENCH, LARGE, arguments);
        return JobEnd.exitCode(JobModule.BENCH, code);
    }
}
