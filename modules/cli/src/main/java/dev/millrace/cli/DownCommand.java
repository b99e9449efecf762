package dev.millrace.cli;

import dev.millrace.cli.docker.LocalContainers;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.local.LocalAirflow;
import dev.millrace.local.LocalServices;
import java.nio.file.Path;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description = {
            "Stop the local services, also where a crash left parts of them behind. Data stays.",
            "Tasks of Airflow that run are ended, and done again after the next up.",
            "What 'up --docker' started is removed but for its volumes, which hold the data."
        },
        footer = {"", "Example: millrace down"})
final class DownCommand implements Job.Verb {
    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Override
    public ExitCode call() {
        boolean stopped = stop(options.stateFolder(), System.err::println);
        LocalContainers containers = options.containers();
        boolean removed = containers.areKnown() && containers.down();
        if (stopped || !removed) {
            System.out.println(
                    stopped ? "The local services are stopped; their data stays." : "The local services were not up.");
        }
        if (removed) {
            System.out.println("The containers are removed; their data stays, in volumes.");
        }
        return ExitCode.DONE;
    }

    /** Stops all that belongs to a state folder, Airflow before the database that it works in. True if something ran. */
    static boolean stop(Path stateFolder, Consumer<String> say) {
        LocalServices.Stop airflow = LocalAirflow.at(stateFolder).down(say);
        LocalServices.Stop services = LocalServices.at(stateFolder).down(say);
        return airflow == LocalServices.Stop.STOPPED || services == LocalServices.Stop.STOPPED;
    }
}
