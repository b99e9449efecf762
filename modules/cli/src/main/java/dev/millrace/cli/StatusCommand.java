package dev.millrace.cli;

import dev.millrace.contract.Contract;
import dev.millrace.control.ControlDatabase;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.local.LocalServices;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Whether the local services are up, and for every pipeline what it holds and how it last ran.",
        footer = {"", "Example: millrace status", "         millrace status --env aws --json"})
final class StatusCommand implements Job.Verb {
    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Option(names = "--json", description = "Print the status as JSON.")
    private boolean json;

    @Override
    public ExitCode call() {
        LocalServices.Status services = LocalServices.at(options.stateFolder()).status();
        if (!json) {
            System.out.println(services(services));
        }
        StatusReport report;
        try {
            Environment environment = options.environment();
            Environment.Database control = environment.control();
            List<Contract> contracts = options.contracts().all();
            report = StatusReport.of(
                    environment.name(),
                    contracts,
                    ControlDatabase.open(
                            control.url(), control.user(), control.password().reveal()),
                    Clock.systemUTC());
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
        System.out.println(json ? report.json(word(services)) : report.text().stripTrailing());
        return ExitCode.DONE;
    }

    private static String word(LocalServices.Status services) {
        if (services instanceof LocalServices.Status.Up) {
            return "up";
        }
        return services instanceof LocalServices.Status.Down ? "down" : "broken";
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
}
