package dev.millrace.cli;

import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.local.LocalServices;
import dev.millrace.local.Services;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Start an S3 server and Postgres for the environment 'local', and keep them running.",
        footer = {"", "Example: millrace up"})
final class UpCommand implements Job.Verb {
    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Override
    public ExitCode call() {
        LocalServices services = LocalServices.at(options.stateFolder());
        LocalServices.Start start = services.up(System.err::println);
        String how = start instanceof LocalServices.Start.AlreadyUp ? "already up" : "up";
        System.out.println("The local services are " + how + ":");
        System.out.print(text(start.services()));
        System.out.println("  logs      " + services.log().getParent());
        return ExitCode.DONE;
    }

    static String text(Services services) {
        return String.format(
                "  S3        %s, buckets %s and %s%n  Postgres  %s:%d, databases %s and %s, user %s%n",
                services.s3().endpoint(),
                services.s3().landing(),
                services.s3().lake(),
                services.postgres().host(),
                services.postgres().port(),
                services.postgres().control(),
                services.postgres().warehouse(),
                services.postgres().user());
    }
}
