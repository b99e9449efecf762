package dev.millrace.cli;

import dev.millrace.contract.LandingHour;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.local.sample.SampleCounts;
import dev.millrace.local.sample.SampleRequest;
import dev.millrace.local.sample.Samples;
import java.time.Clock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "sample",
        mixinStandardHelpOptions = true,
        description = {
            "Put made-up objects with their dirt on the landing bucket, and print what they hold.",
            "The same options give the same bytes."
        },
        footer = {"", "Example: millrace sample consents --from 2026-01-05 --days 2 --seed 1 --rows 10000"})
final class SampleCommand implements Job.Verb {
    private static final int DAY = "2026-01-05".length();

    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Parameters(paramLabel = "PIPELINE", description = "checkins, consents, mobility, symbols or user_logins.")
    private String pipeline = "";

    @Option(
            names = "--from",
            paramLabel = "TIME",
            defaultValue = "2026-01-05",
            description = "First landing hour or day, UTC; default: ${DEFAULT-VALUE}.")
    private String from = "";

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "1",
            description = "Days of landing; default: ${DEFAULT-VALUE}.")
    private int days = 1;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--rows",
            paramLabel = "R",
            defaultValue = "10000",
            description = "Records, dirt included; default: ${DEFAULT-VALUE}.")
    private long rows = 10_000;

    @Option(
            names = "--parts",
            paramLabel = "N",
            defaultValue = "1",
            description = "Objects an hour; default: ${DEFAULT-VALUE}.")
    private int parts = 1;

    @Option(names = "--json", description = "Print the counts as JSON.")
    private boolean json;

    @Override
    public ExitCode call() {
        SampleRequest request = request();
        Environment.Landing landing = options.environment().landing();
        LandingUpload upload = LandingUpload.to(landing, Clock.systemUTC());
        SampleCounts counts = Samples.write(pipeline, request, object -> upload.put(object.key(), object.bytes()));
        System.out.println(json ? counts.json() : counts.text().stripTrailing());
        return ExitCode.DONE;
    }

    private SampleRequest request() {
        try {
            LandingHour first = LandingHour.of(from.length() == DAY ? from + "T00" : from);
            return new SampleRequest(first, days, seed, rows, parts);
        } catch (IllegalArgumentException e) {
            throw new JobException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }
}
