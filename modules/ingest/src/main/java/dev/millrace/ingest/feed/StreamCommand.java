package dev.millrace.ingest.feed;

import dev.millrace.contract.Feed;
import dev.millrace.control.PipelineOptions;
import dev.millrace.environment.Environment;
import dev.millrace.ingest.feed.StreamJob.Bounds;
import dev.millrace.ingest.feed.StreamJob.Pace;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.lake.S3Store;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "kinesis",
        mixinStandardHelpOptions = true,
        description = {
            "Land the records of the stream that the contract names with 'stream', where no Firehose does.",
            "Every shard is read from where the last object that landed brought it; the first time, from the oldest record that"
                    + " is there. Ends with 10 where there is nothing new. Told to end by SIGTERM, lands what it has read first."
        },
        footer = {
            "",
            "Needs in AWS: kinesis:DescribeStreamSummary, kinesis:ListShards, kinesis:GetShardIterator and kinesis:GetRecords on",
            "the stream, s3:PutObject and s3:GetObject below the table's prefix of the landing bucket; kms:Decrypt for an",
            "encrypted stream, kms:GenerateDataKey for an encrypted bucket.",
            "",
            "Example: ingest land kinesis --pipeline clicks --for 30m --until-empty"
        })
public final class StreamCommand implements Job.Verb {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Option(names = "--table", paramLabel = "NAME", description = "Source table, where several have a stream.")
    private @Nullable String table;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "End after so long: 30s, 10m. By itself, goes on where there is nothing new.")
    private @Nullable String time;

    @Option(
            names = "--until-empty",
            description = "End when every shard has been read to where it is; so it does too if not told when to end.")
    private boolean untilEmpty;

    @Option(names = "--object-messages", paramLabel = "N", description = "About how many become an object; 10000.")
    private int objectMessages = 10_000;

    @Option(
            names = "--object-age",
            paramLabel = "TIME",
            description = "The longest a record waits for its object; 60s.")
    private String objectAge = "60s";

    @Override
    public ExitCode call() {
        Clock clock = Clock.systemUTC();
        Optional<Duration> ends = Optional.ofNullable(time).map(text -> Taking.duration("--for", text));
        Bounds bounds = new Bounds(ends, untilEmpty || ends.isEmpty());
        Pace pace = new Pace(objectMessages, Taking.duration("--object-age", objectAge));
        if (objectMessages < 1) {
            throw new JobException(ExitCode.USAGE, "--object-messages is at least 1.");
        }
        return Taking.stage(options, "land", clock, signal -> {
            Feed.Stream feed = Taking.feed(options.contract(), Feed.Stream.class, "stream", Optional.ofNullable(table));
            Environment environment = options.environment();
            Optional<Environment.Service> there = environment.feeds().kinesis();
            if (there.isEmpty()) {
                return Taking.Report.nowhere(feed, environment);
            }
            try (S3Store store = S3Store.open(environment.landing().store());
                    Kinesis stream = Kinesis.open(there.get(), feed.name());
                    LandedOnce landed = Taking.landing(options, store, feed, stream.identity(), clock)) {
                StreamJob job = new StreamJob(stream, landed, bounds, pace, clock);
                signal.stops(job::stop);
                StreamJob.Taken taken = job.run();
                return Taking.Report.of(feed, environment.landing().bucket(), taken.objects(), taken.messages(), 0);
            }
        });
    }
}
