package dev.millrace.ingest.replay;

import dev.millrace.contract.SourceTable;
import dev.millrace.control.Json;
import dev.millrace.control.PipelineOptions;
import dev.millrace.control.PipelineOptions.Outcome;
import dev.millrace.control.Replays;
import dev.millrace.environment.Environment;
import dev.millrace.ingest.landed.LandJob;
import dev.millrace.ingest.landed.LandingBucket;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.lake.S3Store;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "errors",
        mixinStandardHelpOptions = true,
        description = {
            "Land again what Firehose could not deliver: the records in the error objects of folders such as processing-failed/"
                    + " and format-conversion-failed/.",
            "Each lands in the hour in which it first arrived, with a link to where it was found. Given again, it lands what has"
                    + " come since, and nothing twice. Ends with 10 where nothing is new, and with 20 where a line of an error"
                    + " object is no envelope."
        },
        footer = {
            "",
            "Needs in AWS: s3:ListBucket on the landing bucket, s3:GetObject below the error prefix, s3:PutObject below the",
            "table's prefix; kms:Decrypt and kms:GenerateDataKey for an encrypted bucket.",
            "",
            "Example: ingest land errors --pipeline consents --prefix errors/"
        })
public final class ErrorsCommand implements Job.Verb {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Option(
            names = "--prefix",
            paramLabel = "PREFIX",
            description = "Where Firehose puts its errors in the landing bucket; the table's own prefix if not given.")
    private @Nullable String prefix;

    @Option(names = "--table", paramLabel = "NAME", description = "Source table, where the contract has several.")
    private @Nullable String table;

    @Override
    public ExitCode call() {
        return options.stage("land errors", Clock.systemUTC(), () -> {
            Environment environment = options.environment();
            try (S3Store store = S3Store.open(environment.landing().store())) {
                LandingBucket bucket =
                        new LandingBucket(store, environment.landing().bucket());
                SourceTable target = LandJob.table(options.contract(), Optional.ofNullable(table));
                ReplayJob.Replayed replayed = new ReplayJob(
                                options.pipeline(), target, bucket, new Replays(options.control()))
                        .run(Optional.ofNullable(prefix).orElse(target.prefix()));
                PrintStream out = System.out;
                out.println(Json.write(replayed));
                out.flush();
                return new Outcome(exitCode(replayed), sentence(replayed), Json.write(replayed));
            }
        });
    }

    private static ExitCode exitCode(ReplayJob.Replayed replayed) {
        if (replayed.unreadable() > 0) {
            return ExitCode.BROKEN;
        }
        return replayed.landed().isEmpty() ? ExitCode.NOTHING_STALE : ExitCode.DONE;
    }

    private static String sentence(ReplayJob.Replayed replayed) {
        return replayed.records() + " records of " + replayed.objects() + " error objects landed again in "
                + replayed.landed().size() + " objects, " + replayed.unreadable() + " lines are no envelopes";
    }
}
