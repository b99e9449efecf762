package dev.millrace.cli;

import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Benchmarks on seeded events, with peers side by side: ingest, chain, load; or images, what containers cost.",
            "Options: --events N, --repeat N, --seed N, --threads N, --data FOLDER, --json FILE."
        },
        footer = {"", "Example: millrace bench ingest --events 1000000"})
final class BenchCommand implements Job.Verb {
    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "ingest, chain or load, all three if not given; or images.")
    private List<String> names = List.of();

    @Unmatched
    private List<String> others = List.of();

    @Override
    public ExitCode call() {
        List<String> given = new ArrayList<>(names);
        given.addAll(others);
        throw new JobException(
                ExitCode.USAGE,
                "Run ./millrace bench " + String.join(" ", given) + ": the entry script runs the benchmarks.");
    }
}
