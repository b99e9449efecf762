package dev.millrace.cli.process;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
        return Files.isDirectory(module(module).resolve("target").resolve("lib"));
    }

    /** The module's jar and then those that it needs, each by name. */
    String classPath(JobModule module) {
        Path target = module(module).resolve("target");
        List<Path> jars = new ArrayList<>(jars(target, "millrace-" + module.folder() + "-"));
        jars.addAll(jars(target.resolve("lib"), ""));
        if (jars.isEmpty()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "There are no jars in " + target + ": run ./millrace, which builds them, or mvn -Dquick package.");
        }
        return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    /** Options that the module's code needs of its JVM, where it ships such a file. */
    List<String> jvmOptions(JobModule module) {
        Path file = module(module).resolve("target").resolve("jvm.options");
        return Files.exists(file) ? List.of("@" + file) : List.of();
    }

    private static List<Path> jars(Path folder, String prefix) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> {
                        String name = String.valueOf(file.getFileName());
                        return name.startsWith(prefix) && name.endsWith(".jar");
                    })
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new JobException(ExitCode.USAGE, "Cannot list " + folder + ": " + e.getMessage(), e);
        }
    }
}
