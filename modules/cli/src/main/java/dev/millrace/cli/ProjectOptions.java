package dev.millrace.cli;

import dev.millrace.cli.docker.LocalContainers;
import dev.millrace.cli.process.Installation;
import dev.millrace.contract.Contracts;
import dev.millrace.environment.Environment;
import dev.millrace.local.AirflowSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which project, and which of its environments. */
final class ProjectOptions {
    @Option(
            names = "--project",
            paramLabel = "FOLDER",
            description = "Folder with millrace.yaml and dags/pipelines; this checkout if not given.")
    private @Nullable Path project;

    @Option(
            names = "--env",
            paramLabel = "NAME",
            description = "Environment of millrace.yaml; MILLRACE_ENV or 'local' if not given.")
    private @Nullable String environment;

    Installation installation() {
        return Installation.here();
    }

    Path project() {
        return project == null
                ? installation().home()
                : project.toAbsolutePath().normalize();
    }

    Optional<String> environmentName() {
        return Optional.ofNullable(environment);
    }

    Environment environment() {
        return Environment.load(project(), environmentName(), System.getenv());
    }

    Path stateFolder() {
        return Environment.stateFolder(project(), System.getenv())
                .toAbsolutePath()
                .normalize();
    }

    /** What {@code up --docker} starts. */
    LocalContainers containers() {
        return new LocalContainers(installation(), stateFolder(), System.getenv());
    }

    /** What Airflow is to run of this project, by its schedules. */
    AirflowSettings airflow() {
        return new AirflowSettings(
                installation().home(), project(), installation().airflowPackages(), environmentName(), true);
    }

    Contracts contracts() {
        return Contracts.of(project());
    }

    /** The options again, for a job's process. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of("--project", project().toString()));
        environmentName().ifPresent(name -> arguments.addAll(List.of("--env", name)));
        return arguments;
    }
}
