package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.cli.process.JobModule;
import dev.millrace.cli.process.JobProcess.Workload;
import dev.millrace.cli.run.JobEnd;
import dev.millrace.contract.Contract;
import dev.millrace.contract.Feed;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
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
        description = {
            "Put files on the landing bucket, where Firehose would have put them. Without a file: what the queue or"
                    + " stream holds that the contract names, until there is nothing new."
        },
        footer = {
            "",
            "Files need s3:PutObject below the prefix of the contract's table. A queue needs sqs:GetQueueUrl, sqs:ReceiveMessage,",
            "sqs:ChangeMessageVisibility and sqs:DeleteMessage; a stream kinesis:DescribeStreamSummary, kinesis:ListShards,",
            "kinesis:GetShardIterator and kinesis:GetRecords; both s3:GetObject beside s3:PutObject. Errors need s3:ListBucket,",
            "s3:GetObject below the error prefix and s3:PutObject. A message is deleted from its queue once the object that holds",
            "it is durable.",
            "",
            "Example: millrace land checkins --hour 2026-01-05T03 checkins.csv",
            "         millrace land user_logins --for 10m",
            "         millrace land consents --errors --prefix errors/"
        })
final class LandCommand implements Job.Verb {
    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Parameters(index = "0", paramLabel = "PIPELINE", description = "Pipeline: a folder below dags/pipelines.")
    private String pipeline = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "FILE", description = "Files as they are, or gzipped.")
    private List<Path> files = List.of();

    @Option(names = "--hour", paramLabel = "HOUR", description = "Landing hour, UTC; the present one if not given.")
    private @Nullable String hour;

    @Option(names = "--table", paramLabel = "NAME", description = "Source table, where the contract has several.")
    private @Nullable String table;

    @Option(names = "--json", description = "Print what was landed as JSON.")
    private boolean json;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "Of a queue or stream: go on for so long, such as 10m, also where there is nothing new.")
    private @Nullable String time;

    @Option(names = "--max-messages", paramLabel = "N", description = "Of a queue: end after so many messages.")
    private @Nullable String messages;

    @Option(
            names = "--errors",
            description = "Land again what Firehose could not deliver, from its error objects below --prefix.")
    private boolean errors;

    @Option(
            names = "--prefix",
            paramLabel = "PREFIX",
            description = "Of errors: where Firehose puts them in the landing bucket; the table's prefix if not given.")
    private @Nullable String prefix;

    @Override
    public ExitCode call() {
        List<String> arguments = new ArrayList<>(List.of("land"));
        if (errors) {
            arguments.add("errors");
        } else if (files.isEmpty()) {
            arguments.add(source(options.contracts().read(pipeline)));
        }
        arguments.addAll(List.of("--pipeline", pipeline));
        arguments.addAll(options.arguments());
        add(arguments, "--hour", hour);
        add(arguments, "--table", table);
        add(arguments, "--prefix", prefix);
        add(arguments, "--for", time);
        add(arguments, "--max-messages", messages);
        if (!files.isEmpty()) {
            arguments.add("--");
            files.forEach(file -> arguments.add(file.toAbsolutePath().toString()));
        }
        JobEnd end = new JobRunner(options.installation(), System.err::println)
                .end(JobModule.INGEST, Workload.SLIGHT, arguments);
        JsonNode landed = end.report();
        if (json && !landed.isMissingNode()) {
            System.out.println(landed);
        } else {
            for (JsonNode key : landed.path("landed")) {
                System.out.println("s3://" + landed.path("bucket").asText() + "/" + key.asText());
            }
        }
        // As everywhere in this command, that there was nothing to do is no failure.
        return end.exitCode() == ExitCode.NOTHING_STALE ? ExitCode.DONE : end.exitCode();
    }

    /** What the contract says its records are held by, as the job calls it. */
    private String source(Contract contract) {
        Feed feed = contract.feeds().stream()
                .filter(each -> table == null || each.table().equals(table))
                .findFirst()
                .orElseThrow(() -> new JobException(
                        ExitCode.USAGE,
                        "Say which files are to land: no table of " + pipeline + " has a 'queue' or a 'stream'."));
        boolean isQueue = feed instanceof Feed.Queue;
        Environment.Feeds there = options.environment().feeds();
        if ((isQueue ? there.sqs() : there.kinesis()).isEmpty()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "The local services hold no " + feed.source() + ": write an 'endpoint' below '"
                            + (isQueue ? "sqs" : "kinesis")
                            + "' into millrace.yaml, choose another environment with --env, or name files.");
        }
        return isQueue ? "sqs" : "kinesis";
    }

    private static void add(List<String> arguments, String option, @Nullable String value) {
        if (value != null) {
            arguments.addAll(List.of(option, value));
        }
    }
}
