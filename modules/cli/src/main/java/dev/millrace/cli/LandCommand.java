package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.cli.process.JobModule;
import dev.millrace.cli.process.JobProcess.Workload;
import dev.millrace.cli.run.JobEnd;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "land",
        mixinStandardHelpOptions = true,
        description = "Put files on the landing bucket, where Firehose would have put them.",
        footer = {"", "Example: millrace land checkins --hour 2026-01-05T03 checkins.csv"})
final class LandCommand implements Job.Verb {
    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Parameters(index = "0", paramLabel = "PIPELINE", description = "Pipeline: a folder below dags/pipelines.")
    private String pipeline = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "Files as they are, or gzipped.")
    private List<Path> files = List.of();

    @Option(names = "--hour", paramLabel = "HOUR", description = "Landing hour, UTC; the present one if not given.")
    private @Nullable String hour;

    @Option(names = "--table", paramLabel = "NAME", description = "Source table, where the contract has several.")
    private @Nullable String table;

    @Option(names = "--json", description = "Print what was landed as JSON.")
    private boolean json;

    @Override
    public ExitCode call() {
        List<String> arguments = new ArrayList<>(List.of("land", "--pipeline", pipeline));
        arguments.addAll(options.arguments());
        if (hour != null) {
            arguments.addAll(List.of("--hour", hour));
        }
        if (table != null) {
            arguments.addAll(List.of("--table", table));
        }
        arguments.add("--");
        files.forEach(file -> arguments.add(file.toAbsolutePath().toString()));
        JobEnd end = new JobRunner(options.installation(), System.err::println)
                .end(JobModule.INGEST, Workload.SLIGHT, arguments);
        JsonNode landed = end.report();
        if (json && end.exitCode() == ExitCode.DONE) {
            System.out.println(landed);
        } else {
            for (JsonNode key : landed.path("landed")) {
                System.out.println("s3://" + landed.path("bucket").asText() + "/" + key.asText());
            }
        }
        return end.exitCode();
    }
}
