package dev.millrace.cli;

import dev.millrace.cli.airflow.AirflowClient;
import dev.millrace.cli.airflow.AirflowServer;
import dev.millrace.cli.run.DryRunJob;
import dev.millrace.cli.run.DryRunReport;
import dev.millrace.cli.run.RunRequest;
import dev.millrace.contract.Contract;
import dev.millrace.contract.LandingHour;
import dev.millrace.control.ControlDatabase;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.local.LocalAirflow;
import dev.millrace.local.LocalServices;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Whether the local services and Airflow are up, and for every pipeline how fresh it is, what is held,",
            "what is stale and waits for a run, and how the last runs ended."
        },
        footer = {"", "Example: millrace status", "         millrace status --env aws --json"})
final class StatusCommand implements Job.Verb {
    private static final int RUNS = 3;
    private static final int HOURS_ASKED = 24;

    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Option(
            names = "--quick",
            description = "Do not ask what is stale, which takes a few seconds a pipeline: only read what is recorded.")
    private boolean quick;

    @Option(names = "--json", description = "Print the status as JSON.")
    private boolean json;

    @Override
    public ExitCode call() {
        LocalServices.Status services = LocalServices.at(options.stateFolder()).status();
        LocalAirflow.Status airflow = LocalAirflow.at(options.stateFolder()).status();
        if (!json) {
            System.out.println(services(services));
            System.out.println(airflow(airflow));
            if (options.containers().areKnown()) {
                System.out.println(options.containers().status());
            }
        }
        StatusReport report;
        try {
            report = report(airflow);
        } catch (JobException e) {
            // Services that are down are an answer, not a failure, where they were not asked for by name.
            if (services instanceof LocalServices.Status.Down
                    && options.environmentName().isEmpty()) {
                if (json) {
                    System.out.println("{\"services\":\"down\"}");
                }
                return ExitCode.DONE;
            }
            throw e;
        }
        System.out.println(
                json
                        ? report.json(word(services), word(airflow))
                        : report.text().stripTrailing());
        return ExitCode.DONE;
    }

    private StatusReport report(LocalAirflow.Status airflow) {
        Environment environment = options.environment();
        Environment.Database control = environment.control();
        List<Contract> contracts = options.contracts().all();
        StatusReport report = StatusReport.of(
                environment.name(),
                contracts,
                ControlDatabase.open(
                        control.url(), control.user(), control.password().reveal()),
                Clock.systemUTC());
        Optional<AirflowClient> client = (airflow instanceof LocalAirflow.Status.Up up
                        ? Optional.of(AirflowServer.of(up.access()))
                        : options.containers().airflow())
                .map(AirflowClient::new);
        ConcurrentMap<String, DryRunReport> waiting = new ConcurrentHashMap<>();
        if (!quick) {
            contracts.parallelStream()
                    .forEach(contract -> waiting.put(contract.pipeline(), waiting(contract.pipeline())));
        }
        return report.with(pipeline -> pipeline.with(
                Optional.ofNullable(waiting.get(pipeline.name())),
                client.flatMap(airflowClient -> scheduled(airflowClient, pipeline.name()))));
    }

    /** Landing hours are looked at as a scheduled run does it: of the last day, and of the look-back before. */
    private DryRunReport waiting(String pipeline) {
        LandingHour now = LandingHour.at(Clock.systemUTC().instant());
        RunRequest request = new RunRequest(
                options.project(),
                options.environmentName(),
                pipeline,
                "status",
                now.plus(-HOURS_ASKED).toString(),
                now.plus(1).toString(),
                true,
                List.of(),
                List.of(),
                0);
        return new DryRunJob(request, new JobRunner(options.installation(), line -> {})).run();
    }

    private static Optional<StatusReport.Scheduled> scheduled(AirflowClient airflow, String pipeline) {
        try {
            return airflow.isPaused(pipeline)
                    .map(paused -> new StatusReport.Scheduled(!paused, airflow.latest(pipeline, RUNS)));
        } catch (JobException e) {
            Job.fail(e);
            return Optional.empty();
        }
    }

    private static String word(LocalServices.Status status) {
        if (status instanceof LocalServices.Status.Up) {
            return "up";
        }
        return status instanceof LocalServices.Status.Down ? "down" : "broken";
    }

    private static String word(LocalAirflow.Status status) {
        if (status instanceof LocalAirflow.Status.Up) {
            return "up";
        }
        return status instanceof LocalAirflow.Status.Down ? "down" : "broken";
    }

    private static String services(LocalServices.Status status) {
        if (status instanceof LocalServices.Status.Up up) {
            return "The local services are up since " + up.services().startedAt() + ":\n"
                    + UpCommand.text(up.services()).stripTrailing();
        }
        if (status instanceof LocalServices.Status.Broken broken) {
            return "The local services are broken: " + broken.why() + " Put it right with ./millrace up or down.";
        }
        return "The local services are down: start them with ./millrace up.";
    }

    private static String airflow(LocalAirflow.Status status) {
        if (status instanceof LocalAirflow.Status.Up up) {
            return UpCommand.text(up.access()).stripTrailing();
        }
        if (status instanceof LocalAirflow.Status.Broken broken) {
            return "Airflow is broken: " + broken.why() + " Put it right with ./millrace up or down.";
        }
        return "Airflow is down.";
    }
}
