package dev.millrace.local;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What Airflow is to run.
 *
 * @param home the checkout, whose {@code dags} Airflow reads
 * @param project the folder with {@code millrace.yaml} and {@code dags/pipelines}
 * @param packages the virtual environment that holds Airflow
 * @param environment that the pipelines run in, where it is not the default one
 * @param scheduled whether pipelines that are switched on run by their schedules; backfills run anyhow
 */
public record AirflowSettings(Path home, Path project, Path packages, Optional<String> environment, boolean scheduled) {

    public AirflowSettings {
        home = home.toAbsolutePath().normalize();
        project = project.toAbsolutePath().normalize();
        packages = packages.toAbsolutePath().normalize();
        requireNonNull(environment, "environment");
    }

    private static final int ARGUMENTS = 5;

    /** For another process, which reads them with {@link #of}. */
    List<String> arguments() {
        return List.of(
                home.toString(),
                project.toString(),
                packages.toString(),
                environment.orElse(""),
                Boolean.toString(scheduled));
    }

    static AirflowSettings of(List<String> arguments) {
        if (arguments.size() != ARGUMENTS) {
            throw new IllegalArgumentException(ARGUMENTS + " arguments wanted, not " + arguments.size());
        }
        return new AirflowSettings(
                Path.of(arguments.get(0)),
                Path.of(arguments.get(1)),
                Path.of(arguments.get(2)),
                Optional.of(arguments.get(3)).filter(name -> !name.isEmpty()),
                Boolean.parseBoolean(arguments.get(4)));
    }

    Path dags() {
        return home.resolve("dags");
    }

    /** How many tasks of a kind may run at a time; there may be no such file. */
    Path pools() {
        return dags().resolve("pools.json");
    }

    Path pipelines() {
        return project.resolve("dags").resolve("pipelines");
    }

    Path program(String name) {
        return packages.resolve("bin").resolve(name);
    }

    /** Says of which locked packages the virtual environment is made. */
    Path packagesDigest() {
        return packages.resolve("requirements.sha256");
    }
}
