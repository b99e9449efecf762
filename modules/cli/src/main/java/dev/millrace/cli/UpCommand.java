package dev.millrace.cli;

import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.local.AirflowAccess;
import dev.millrace.local.LocalAirflow;
import dev.millrace.local.LocalServices;
import dev.millrace.local.Services;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = {
            "Start an S3 server, Postgres and Airflow for the environment 'local', and keep them running.",
            "Pipelines are switched off in Airflow until someone switches them on."
        },
        footer = {"", "Example: millrace up", "         millrace up --no-airflow", "         millrace up --docker"})
final class UpCommand implements Job.Verb {
    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Option(names = "--no-airflow", description = "Only the S3 server and Postgres, which is all that run needs.")
    private boolean noAirflow;

    @Option(
            names = "--docker",
            description = {
                "In containers instead, by docker compose: Postgres, S3, SQS, Kinesis, and Airflow, whose tasks are the",
                "images of the jobs. Builds the images that are missing."
            })
    private boolean docker;

    @Override
    public ExitCode call() {
        return docker ? containers() : processes();
    }

    private ExitCode containers() {
        if (noAirflow) {
            throw new JobException(ExitCode.USAGE, "With --docker there is always Airflow: leave out --no-airflow.");
        }
        String where = options.containers().up(options.project(), System.err::println);
        System.out.println("The containers are up:\n" + where);
        return ExitCode.DONE;
    }

    private ExitCode processes() {
        LocalServices services = LocalServices.at(options.stateFolder());
        LocalServices.Start start = services.up(System.err::println);
        boolean started = start instanceof LocalServices.Start.Started;
        String airflow = "";
        if (!noAirflow) {
            LocalAirflow.Start airflowStart =
                    LocalAirflow.at(options.stateFolder()).up(options.airflow(), System.err::println);
            started |= airflowStart instanceof LocalAirflow.Start.Started;
            airflow = text(airflowStart.access());
        }
        System.out.println("The local services are " + (started ? "up:" : "already up:"));
        System.out.print(text(start.services()) + airflow);
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

    static String text(AirflowAccess airflow) {
        return String.format(
                "  Airflow   %s, user %s, password %s%n", airflow.address(), airflow.user(), airflow.password());
    }
}
