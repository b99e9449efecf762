package dev.millrace.ingest.feed;

import dev.millrace.contract.Feed;
import dev.millrace.control.PipelineOptions;
import dev.millrace.environment.Environment;
import dev.millrace.ingest.feed.QueueJob.Bounds;
import dev.millrace.ingest.feed.QueueJob.Pace;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.lake.S3Store;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "sqs",
        mixinStandardHelpOptions = true,
        description = {
            "Land the messages of the queue that the contract names with 'queue'.",
            "A message is deleted from the queue once the object that holds it is durable, and a message that is given out"
                    + " once more is not landed again. Ends with 10 where the queue has nothing to give. Told to end by"
                    + " SIGTERM, lands what it holds first."
        },
        footer = {
            "",
            "Needs in AWS: sqs:GetQueueUrl, sqs:ReceiveMessage, sqs:ChangeMessageVisibility and sqs:DeleteMessage on the queue,",
            "s3:PutObject and s3:GetObject below the table's prefix of the landing bucket; kms:Decrypt for an encrypted queue,",
            "kms:GenerateDataKey for an encrypted bucket.",
            "",
            "Example: ingest land sqs --pipeline user_logins --for 30m --until-empty"
        })
public final class QueueCommand implements Job.Verb {
    private static final Logger LOG = LoggerFactory.getLogger(QueueCommand.class);

    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Option(names = "--table", paramLabel = "NAME", description = "Source table, where several have a queue.")
    private @Nullable String table;

    @Option(names = "--max-messages", paramLabel = "N", description = "End after so many messages.")
    private long messages = Long.MAX_VALUE;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "End after so long: 30s, 10m. By itself, goes on where the queue is empty.")
    private @Nullable String time;

    @Option(
            names = "--until-empty",
            description = "End when the queue has nothing to give; so it does too if not told when to end.")
    private boolean untilEmpty;

    @Option(names = "--receivers", paramLabel = "N", description = "Requests that wait for messages at a time; 4.")
    private int receivers = 4;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "How long a request waits for the first message, up to 20s; 5s.")
    private String poll = "5s";

    @Option(
            names = "--visibility",
            paramLabel = "TIME",
            description = "How long messages are hidden from others, extended for as long as we hold them; 2m.")
    private String visibility = "2m";

    @Option(names = "--object-messages", paramLabel = "N", description = "About how many become an object; 10000.")
    private int objectMessages = 10_000;

    @Option(
            names = "--object-age",
            paramLabel = "TIME",
            description = "The longest a message waits for its object; 60s.")
    private String objectAge = "60s";

    @Override
    public ExitCode call() {
        Clock clock = Clock.systemUTC();
        Optional<Duration> ends = Optional.ofNullable(time).map(text -> Taking.duration("--for", text));
        Bounds bounds = new Bounds(messages, ends, untilEmpty || ends.isEmpty());
        Pace pace = new Pace(
                receivers,
                Taking.duration("--wait", poll),
                Taking.duration("--visibility", visibility),
                objectMessages,
                Taking.duration("--object-age", objectAge));
        check(pace);
        return Taking.stage(options, "land", clock, signal -> {
            Feed.Queue feed = Taking.feed(options.contract(), Feed.Queue.class, "queue", Optional.ofNullable(table));
            Environment environment = options.environment();
            Optional<Environment.Service> there = environment.feeds().sqs();
            if (there.isEmpty()) {
                return Taking.Report.nowhere(feed, environment);
            }
            try (S3Store store = S3Store.open(environment.landing().store());
                    Sqs queue = Sqs.open(there.get(), feed.name());
                    LandedOnce landed = Taking.landing(options, store, feed, feed.source(), clock)) {
                QueueJob job = new QueueJob(queue, landed, bounds, pace, clock);
                signal.stops(job::stop);
                QueueJob.Taken taken = job.run();
                if (taken.refused() > 0) {
                    LOG.warn("{} messages could not be deleted: they come again, and are known then.", taken.refused());
                }
                return Taking.Report.of(
                        feed, environment.landing().bucket(), taken.objects(), taken.messages(), taken.repeated());
            }
        });
    }

    private void check(Pace pace) {
        refuse(messages < 1, "--max-messages is at least 1.");
        refuse(receivers < 1 || receivers > 64, "--receivers is 1 to 64.");
        refuse(
                objectMessages < 1 || objectMessages > 50_000,
                "--object-messages is 1 to 50000: of a queue no more than" + " 120000 messages can be held at a time.");
        refuse(pace.poll().compareTo(Duration.ofSeconds(20)) > 0, "--wait is at most 20s.");
        refuse(
                pace.hidden().compareTo(Duration.ofSeconds(1)) < 0
                        || pace.hidden().compareTo(Duration.ofHours(12)) > 0,
                "--visibility is 1s to 12h.");
    }

    private static void refuse(boolean wrong, String sentence) {
        if (wrong) {
            throw new JobException(ExitCode.USAGE, sentence);
        }
    }
}
