package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.cli.airflow.AirflowClient;
import dev.millrace.cli.airflow.AirflowServer;
import dev.millrace.cli.demo.DemoJob;
import dev.millrace.cli.demo.DemoReport;
import dev.millrace.cli.demo.LateEvents;
import dev.millrace.cli.process.Children;
import dev.millrace.cli.process.JobModule;
import dev.millrace.cli.process.JobProcess.Workload;
import dev.millrace.cli.run.JobEnd;
import dev.millrace.cli.run.Progress;
import dev.millrace.contract.LandingHour;
import dev.millrace.environment.Environment;
import dev.millrace.job.Awaited;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.local.AirflowAccess;
import dev.millrace.local.AirflowSettings;
import dev.millrace.local.LocalAirflow;
import dev.millrace.local.LocalServices;
import dev.millrace.local.firehose.DeliverySettings;
import dev.millrace.local.firehose.LocalFirehose;
import dev.millrace.local.firehose.LocalKinesis;
import dev.millrace.local.sample.SampleCounts;
import dev.millrace.local.sample.SampleRequest;
import dev.millrace.local.sample.Samples;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "All five pipelines on three days of samples, through real Airflow: backfilled, backfilled",
            "again, and once more after a late delivery, which goes through a local Kinesis and a model of Firehose.",
            "Prints a report of what went in and what came out; ends with 20 where they disagree. Begins afresh each",
            "time, in a folder of its own, and leaves nothing running."
        },
        footer = {"", "Example: millrace demo", "         millrace demo --keep"})
final class DemoCommand implements Job.Verb {
    /** The entry script chooses a folder of this name: what is in it goes. */
    private static final String FOLDER = "demo";

    private static final LandingHour FIRST = LandingHour.at(DemoJob.FROM);
    private static final int DAYS = 3;
    private static final long SEED = 1;
    private static final SortedMap<String, Long> ROWS = new TreeMap<>();

    static {
        ROWS.put("checkins", 20_500L);
        ROWS.put("consents", 100_000L);
        ROWS.put("mobility", 15_000L);
        ROWS.put("symbols", 10_000L);
        ROWS.put("user_logins", 5_000L);
    }

    private static final Children WARM_UP = Children.ofThisProcess();

    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Option(names = "--keep", description = "Leave Airflow, Postgres and S3 up, and say how to look at them.")
    private boolean keep;

    @Option(names = "--report", description = "Only print the report of a demo that was kept, as things are now.")
    private boolean report;

    @Override
    public ExitCode call() {
        Path folder = options.stateFolder();
        if (!folder.endsWith(FOLDER)) {
            throw new JobException(ExitCode.USAGE, "Run ./millrace demo: it gives the demo a folder of its own.");
        }
        if (report) {
            return report(folder);
        }
        Thread stop = new Thread(() -> stop(folder), "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            DownCommand.stop(folder, System.err::println);
            CleanCommand.remove(folder);
            ExitCode exitCode = run(folder);
            if (keep) {
                System.out.print(kept(folder));
            }
            return exitCode;
        } finally {
            // While it runs, this command was told to stop, and whatever is up is being stopped.
            if (forget(stop) && !keep) {
                stop(folder);
            }
        }
    }

    private ExitCode run(Path folder) {
        long begun = System.nanoTime();
        System.err.println("Starting Postgres, S3 and Airflow in " + folder + ".");
        LocalServices.at(folder).up(System.err::println);
        Environment environment = options.environment();
        CompletableFuture<AirflowAccess> access = CompletableFuture.supplyAsync(
                () -> LocalAirflow.at(folder).up(settings(), line -> {}).access());
        CompletableFuture<Void> warm = CompletableFuture.runAsync(this::warmUp);
        SortedMap<String, SampleCounts> samples = samples(environment);
        AirflowClient airflow = new AirflowClient(AirflowServer.of(await(access)));
        try (Progress progress = Terminal.progress()) {
            DemoJob demo = new DemoJob(
                    environment,
                    airflow,
                    progress,
                    Clock.systemUTC(),
                    System::nanoTime,
                    wait -> Awaited.pause(wait, "Interrupted while the demo waited."));
            demo.run(samples, (pipeline, records) -> land(folder, environment, pipeline, records), folder);
        }
        await(warm);
        ExitCode exitCode = report(folder);
        System.out.printf(
                "The demo took %d s.%n",
                Duration.ofNanos(System.nanoTime() - begun).toSeconds());
        return exitCode;
    }

    /**
     * More than a hundred jobs will start, and while Airflow does, a core has nothing to do. Each job uses its archive from when it is
     * there; all can do without, too.
     */
    private void warmUp() {
        List<String> said = Collections.synchronizedList(new ArrayList<>());
        String command = options.installation().command().toString();
        if (WARM_UP.run(List.of(command, "warm-up"), Map.of(), said::add).code() != 0) {
            said.forEach(System.err::println);
            System.err.println("There are no class archives; jobs take longer to start.");
        }
    }

    /** By the schedules nothing runs: the latest interval of each would be in the way. */
    private AirflowSettings settings() {
        AirflowSettings all = options.airflow();
        return new AirflowSettings(all.home(), all.project(), all.packages(), Optional.of("local"), false);
    }

    private static SortedMap<String, SampleCounts> samples(Environment environment) {
        LandingUpload upload = LandingUpload.to(environment.landing(), Clock.systemUTC());
        SortedMap<String, SampleCounts> samples = new TreeMap<>();
        ROWS.forEach((pipeline, rows) -> {
            SampleCounts counts = Samples.write(
                    pipeline,
                    new SampleRequest(FIRST, DAYS, SEED, rows, 1),
                    object -> upload.put(object.key(), object.bytes()));
            System.err.print(pipeline + ": " + counts.text());
            samples.put(pipeline, counts);
        });
        return samples;
    }

    private static <T> T await(CompletableFuture<T> begun) {
        try {
            return Awaited.result(begun);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** By way of a local Kinesis and of the model of Firehose, whose dates are the samples'. */
    private List<String> land(Path folder, Environment environment, String pipeline, List<byte[]> records) {
        LandingUpload upload = LandingUpload.to(environment.landing(), Clock.systemUTC());
        List<String> objects = new ArrayList<>();
        try (LocalKinesis kinesis = LocalKinesis.start(options.installation().kinesis(), folder)) {
            kinesis.create(pipeline, records);
            LocalFirehose firehose = new LocalFirehose(
                    kinesis,
                    pipeline,
                    delivery(pipeline),
                    (key, bytes) -> {
                        upload.put(key, bytes);
                        objects.add(key);
                    },
                    Clock.systemUTC());
            int taken = 0;
            while (taken < records.size()) {
                taken += firehose.take();
            }
            firehose.deliverAll();
        }
        return objects;
    }

    /** Every delivery is made twice, as Firehose makes it where the answer to the first was lost. */
    private static DeliverySettings delivery(String pipeline) {
        return new DeliverySettings(
                pipeline,
                "events/datehour=!{timestamp:yyyy-MM-dd-HH}/",
                "errors/",
                DeliverySettings.BUFFER_BYTES,
                DeliverySettings.BUFFER_TIME,
                0,
                1,
                0,
                Duration.between(LateEvents.ARRIVAL, Instant.now(Clock.systemUTC())));
    }

    private ExitCode report(Path folder) {
        LocalServices.Status status = LocalServices.at(folder).status();
        if (!(status instanceof LocalServices.Status.Up)) {
            throw new JobException(ExitCode.USAGE, "No demo is up to report on: run ./millrace demo --keep.");
        }
        DemoReport made = DemoReport.of(folder, options.contracts(), options.environment(), audit());
        System.out.print(made.text());
        return made.exitCode();
    }

    private JsonNode audit() {
        List<String> arguments = new ArrayList<>(List.of("audit", "--all", "--json"));
        arguments.addAll(options.arguments());
        JobEnd end = new JobRunner(options.installation(), System.err::println)
                .end(JobModule.LOAD, Workload.SLIGHT, arguments);
        if (end.exitCode() != ExitCode.DONE && end.exitCode() != ExitCode.BROKEN) {
            throw new JobException(end.exitCode(), "The audit could not be made.");
        }
        return end.report();
    }

    private static String kept(Path folder) {
        String prefix = "MILLRACE_STATE=" + folder + " ./millrace ";
        LocalAirflow.Status status = LocalAirflow.at(folder).status();
        return "It is left up. Look at it, then stop it:\n"
                + (status instanceof LocalAirflow.Status.Up up ? UpCommand.text(up.access()) : "")
                + "  " + prefix + "sql 'select * from consent_metrics limit 10'\n"
                + "  ./millrace demo --report\n"
                + "  " + prefix + "down\n";
    }

    private static void stop(Path folder) {
        System.err.println("Stopping what the demo started.");
        DownCommand.stop(folder, System.err::println);
    }

    /** False where it is running already. */
    private static boolean forget(Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static JobException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new JobException(ExitCode.TEMPORARY, "Interrupted while the demo waited.", e);
    }
}
