package dev.millrace.control;

import dev.millrace.contract.Contracts;
import dev.millrace.environment.Environment;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every job is told: which project, in which environment. */
public class ProjectOptions {
    @Option(
            names = "--project",
            paramLabel = "FOLDER",
            description = "Folder with millrace.yaml and dags/pipelines; the present one if not given.")
    private Path project = Path.of("");

    @Option(
            names = "--env",
            paramLabel = "NAME",
            description = "Environment of millrace.yaml; MILLRACE_ENV or 'local' if not given.")
    private @Nullable String environmentName;

    private @Nullable Environment environment;
    private @Nullable ControlDatabase control;

    public final Path project() {
        return project;
    }

    public final Contracts contracts() {
        return Contracts.of(project);
    }

    /** Read once. */
    public final Environment environment() {
        Environment read = environment;
        if (read == null) {
            read = Environment.load(project, Optional.ofNullable(environmentName), System.getenv());
            environment = read;
        }
        return read;
    }

    /** Opened once, and brought up to this version. */
    public final ControlDatabase control() {
        ControlDatabase opened = control;
        if (opened == null) {
            Environment.Database database = environment().control();
            opened = ControlDatabase.open(
                    database.url(), database.user(), database.password().reveal());
            control = opened;
        }
        return opened;
    }
}
