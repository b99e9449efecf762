package dev.millrace.cli.process;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout that this command belongs to: the one class that knows what lies where in it. */
public record Installation(Path home) {
    private static final String HOME = "millrace.home";

    public Installation {
        home = home.toAbsolutePath().normalize();
    }

    /** As the entry script says. */
    public static Installation here() {
        return new Installation(Path.of(System.getProperty(HOME, "")));
    }

    public Path module(JobModule module) {
        return home.resolve("modules").resolve(module.folder());
    }

    public boolean has(JobModule module) {
        return Files.isReadable(jobArguments(module)) && Files.isReadable(mainArguments(module));
    }

    /** What java is given first: options and class path. Options after it win. */
    Path jobArguments(JobModule module) {
        return target(module).resolve("job.args");
    }

    /** What java is given after all options: the job's main class. */
    Path mainArguments(JobModule module) {
        return target(module).resolve("main.args");
    }

    /** The entry script. */
    public Path command() {
        return home.resolve("millrace");
    }

    /** The virtual environment of Airflow, which the entry script sets up; all state folders share it. */
    public Path airflowPackages() {
        return home.resolve(".millrace").resolve("airflow").resolve("venv");
    }

    /** A local Kinesis, which the entry script installs for the demo. */
    public Path kinesis() {
        return home.resolve(".millrace")
                .resolve("local-aws")
                .resolve("venv")
                .resolve("bin")
                .resolve("ministack");
    }

    /** Which classes jobs load, a list of each, as warming up left them. */
    public Path classLists() {
        return home.resolve(".millrace").resolve("class-lists");
    }

    private Path target(JobModule module) {
        return module(module).resolve("target");
    }
}
