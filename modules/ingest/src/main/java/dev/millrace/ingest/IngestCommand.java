package dev.millrace.ingest;

import dev.millrace.contract.Contract;
import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Json;
import dev.millrace.control.PipelineOptions;
import dev.millrace.control.PipelineOptions.Outcome;
import dev.millrace.control.Plans;
import dev.millrace.environment.Environment;
import dev.millrace.ingest.check.CheckCommand;
import dev.millrace.ingest.clean.ShardJob;
import dev.millrace.ingest.commit.CommitJob;
import dev.millrace.ingest.decode.RowFormats;
import dev.millrace.ingest.feed.QueueCommand;
import dev.millrace.ingest.feed.StreamCommand;
import dev.millrace.ingest.landed.LandJob;
import dev.millrace.ingest.landed.LandingBucket;
import dev.millrace.ingest.mask.HashKey;
import dev.millrace.ingest.plan.PlanJob;
import dev.millrace.ingest.plan.TablePlanner.Acceptance;
import dev.millrace.ingest.replay.ErrorsCommand;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.lake.Lake;
import dev.millrace.lake.S3Store;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Landed objects become clean or quarantined rows of the lake, in three steps that are processes of their own. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description = "Landed objects become clean or quarantined rows of the lake.",
        subcommands = {
            IngestCommand.Plan.class,
            IngestCommand.Run.class,
            IngestCommand.Commit.class,
            IngestCommand.Land.class,
            IngestCommand.Quarantine.class,
            CheckCommand.class
        })
final class IngestCommand {

    /** Results are for the caller and go to standard output as one line of JSON; everything told to people is logged. */
    private static void result(Object facts) {
        PrintStream out = System.out;
        out.println(Json.write(facts));
        out.flush();
    }

    @Command(
            name = "plan",
            mixinStandardHelpOptions = true,
            description =
                    "Freeze which landing hours are stale, and what to read for them. Prints the plan's id and shards.",
            footer = "Example: ingest plan --pipeline consents --from 2026-01-05 --to 2026-01-06")
    static final class Plan implements Job.Verb {
        @Mixin
        private PipelineOptions options = new PipelineOptions();

        @Option(names = "--from", required = true, description = "First landing hour or day, UTC: 2026-01-05T03.")
        private String from = "";

        @Option(names = "--to", required = true, description = "Landing hour or day before which it ends, UTC.")
        private String to = "";

        @Option(names = "--look-back", description = "Begin earlier by the contract's look-back, as scheduled runs do.")
        private boolean lookBack;

        @Option(names = "--dry-run", description = "Say what is stale and why, and freeze nothing.")
        private boolean dryRun;

        @Option(
                names = "--shard-bytes",
                paramLabel = "N",
                defaultValue = "${env:MILLRACE_SHARD_BYTES:-1073741824}",
                description = "How much one shard holds; a greater plan has several, which may be read side by side."
                        + " Default: MILLRACE_SHARD_BYTES, else 1 GiB.")
        private long shardBytes = 1L << 30;

        @Option(
                names = "--accept-removals",
                paramLabel = "OBJECT|HOUR",
                split = ",",
                description = "Let the rows of these expired objects, or of all in these hours, go.")
        private Set<String> removals = new LinkedHashSet<>();

        @Option(
                names = "--accept-held",
                paramLabel = "HOUR",
                split = ",",
                description = "Publish these held hours as they are, whatever their share of quarantined records.")
        private Set<String> held = new LinkedHashSet<>();

        @Override
        public ExitCode call() {
            Interval interval = Interval.of(from, to);
            Clock clock = Clock.systemUTC();
            if (dryRun) {
                return plan(interval, clock).exitCode();
            }
            return options.stage("ingest plan", clock, () -> plan(interval, clock));
        }

        private Outcome plan(Interval interval, Clock clock) {
            Contract contract = options.contract();
            RowFormats.mustBeThere(contract);
            Environment environment = options.environment();
            try (S3Store store = S3Store.open(environment.landing().store());
                    LateLake lake = new LateLake(environment)) {
                LandingBucket bucket =
                        new LandingBucket(store, environment.landing().bucket());
                Optional<String> maskKey = HashKey.of(contract, environment).map(HashKey::id);
                PlanJob job = new PlanJob(contract, options.control(), bucket, lake, maskKey, shardBytes, clock);
                PlanJob.Planned planned = job.look(
                        // A plan made again within one run, after a crash or because the first one moved, is another
                        // plan.
                        new Plans(options.control()).next(options.runId()),
                        interval.from(),
                        interval.to(),
                        lookBack,
                        new Acceptance(removals, held));
                job.tell(planned);
                if (!planned.isEmpty() && !dryRun) {
                    job.freeze(planned.plan());
                }
                PlanReport report = PlanReport.of(planned);
                result(report);
                return new Outcome(report.exitCode(), report.sentence(), Json.write(report));
            }
        }
    }

    /** Opens the lake only when somebody asks for it. */
    private static final class LateLake implements Supplier<Lake>, AutoCloseable {
        private final Environment environment;
        private @Nullable Lake lake;

        LateLake(Environment environment) {
            this.environment = environment;
        }

        @Override
        public Lake get() {
            Lake opened = lake;
            if (opened == null) {
                opened = Lake.open(environment);
                lake = opened;
            }
            return opened;
        }

        @Override
        public void close() {
            Optional.ofNullable(lake).ifPresent(Lake::close);
        }
    }

    @Command(
            name = "run",
            mixinStandardHelpOptions = true,
            description = "Read one shard of a plan; its files wait beside the data for the commit.",
            footer = "Example: ingest run --pipeline consents --plan 3f2a… --shard 0")
    static final class Run implements Job.Verb {
        @Mixin
        private PipelineOptions options = new PipelineOptions();

        @Option(names = "--plan", required = true, paramLabel = "ID", description = "The plan.")
        private String plan = "";

        @Option(names = "--shard", required = true, paramLabel = "N", description = "Its shard, from 0.")
        private int shard;

        @Option(
                names = "--threads",
                paramLabel = "N",
                description = "Objects read at a time; as many as there are cores if not given.")
        private int threads = Runtime.getRuntime().availableProcessors();

        @Override
        public ExitCode call() {
            return options.stage("ingest run " + shard, Clock.systemUTC(), () -> {
                Environment environment = options.environment();
                try (S3Store store = S3Store.open(environment.landing().store());
                        Lake lake = Lake.open(environment)) {
                    LandingBucket bucket =
                            new LandingBucket(store, environment.landing().bucket());
                    Contract contract = options.contract();
                    Optional<HashKey> key = HashKey.of(contract, environment);
                    ShardReport report = ShardReport.of(
                            new ShardJob(contract, options.control(), bucket, lake, key, threads).run(plan, shard));
                    result(report);
                    return new Outcome(ExitCode.DONE, report.sentence(), Json.write(report));
                }
            });
        }
    }

    @Command(
            name = "commit",
            mixinStandardHelpOptions = true,
            description = "Publish what the shards of a plan wrote, and write the books.",
            footer = "Example: ingest commit --pipeline consents --plan 3f2a…")
    static final class Commit implements Job.Verb {
        @Mixin
        private PipelineOptions options = new PipelineOptions();

        @Option(names = "--plan", required = true, paramLabel = "ID", description = "The plan.")
        private String plan = "";

        @Override
        public ExitCode call() {
            Clock clock = Clock.systemUTC();
            return options.stage("ingest commit", clock, () -> {
                try (Lake lake = Lake.open(options.environment())) {
                    CommitJob.Committed committed =
                            new CommitJob(options.contract(), options.control(), lake, clock).run(plan);
                    result(committed);
                    return new Outcome(committed.exitCode(), committed.sentence(), Json.write(committed));
                }
            });
        }
    }

    @Command(
            name = "land",
            mixinStandardHelpOptions = true,
            description = {
                "Put files on the landing bucket, where Firehose would have put them; or, as the commands below, what a queue"
                        + " or a stream holds, or what Firehose could not deliver.",
                "A file that is named like one of them is written ./sqs, or after --."
            },
            subcommands = {QueueCommand.class, StreamCommand.class, ErrorsCommand.class},
            footer = {
                "",
                "Files need s3:PutObject below the table's prefix of the landing bucket; for what else needs, see its --help.",
                "",
                "Example: ingest land --pipeline checkins --hour 2026-01-05T03 checkins.csv"
            })
    static final class Land implements Job.Verb {
        @Mixin
        private PipelineOptions options = new PipelineOptions();

        @Option(names = "--hour", paramLabel = "HOUR", description = "Landing hour, UTC; the present one if not given.")
        private @Nullable String hour;

        @Option(names = "--table", paramLabel = "NAME", description = "Source table, where the contract has several.")
        private @Nullable String table;

        /** Asked for below: were they required by the parser, a subcommand could not do without them. */
        @Parameters(arity = "0..*", paramLabel = "FILE", description = "Files as they are, or gzipped.")
        private List<Path> files = List.of();

        @Override
        public ExitCode call() {
            if (files.isEmpty()) {
                throw new JobException(
                        ExitCode.USAGE, "Say which files are to land, or what to land: sqs, kinesis, errors.");
            }
            Environment environment = options.environment();
            Clock clock = Clock.systemUTC();
            LandingHour landing = hour == null ? LandingHour.at(clock.instant()) : Interval.hour(hour);
            try (S3Store store = S3Store.open(environment.landing().store())) {
                LandingBucket bucket =
                        new LandingBucket(store, environment.landing().bucket());
                LandJob job = new LandJob(options.contract(), bucket);
                List<String> keys = job.land(Optional.ofNullable(table), landing, files);
                result(Map.of("bucket", bucket.name(), "hour", landing.toString(), "landed", keys));
                return ExitCode.DONE;
            }
        }
    }

    @Command(
            name = "quarantine",
            mixinStandardHelpOptions = true,
            description = "List the quarantined records, one line of JSON each; never their payload.",
            footer = "Example: ingest quarantine --pipeline checkins")
    static final class Quarantine implements Job.Verb {
        @Mixin
        private PipelineOptions options = new PipelineOptions();

        @Override
        public ExitCode call() {
            Contract contract = options.contract();
            try (Lake lake = Lake.open(options.environment())) {
                for (SourceTable table : contract.sources()) {
                    if (lake.exists(Lake.QUARANTINE, table.name())) {
                        lake.quarantine(table)
                                .allQuarantined((hour, bad) -> result(QuarantinedLine.of(table.name(), hour, bad)));
                    }
                }
            }
            return ExitCode.DONE;
        }
    }
}
