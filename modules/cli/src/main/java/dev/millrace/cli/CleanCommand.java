package dev.millrace.cli;

import dev.millrace.cli.docker.LocalContainers;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "clean",
        mixinStandardHelpOptions = true,
        description = "Remove all local state: data of the local services, logs, Python packages. Asks first.",
        footer = {"", "Example: millrace clean --yes"})
final class CleanCommand implements Job.Verb {
    /** Signs that a folder is a state folder of ours, and may go. */
    private static final Set<String> SIGNS = Set.of("identity.json", "postgres", "venv", "logs", "docker");

    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Override
    public ExitCode call() {
        Set<Path> folders = new TreeSet<>();
        for (Path folder :
                List.of(options.stateFolder(), options.installation().home().resolve(".millrace"))) {
            if (Files.isDirectory(folder)) {
                folders.add(recognised(folder));
            }
        }
        if (folders.isEmpty()) {
            System.out.println("There is no local state.");
            return ExitCode.DONE;
        }
        if (!yes && !agreed(folders)) {
            System.out.println("Nothing was removed.");
            return ExitCode.DONE;
        }
        for (Path folder : folders) {
            LocalContainers containers = new LocalContainers(options.installation(), folder, System.getenv());
            if (containers.areKnown()) {
                containers.remove();
            }
            DownCommand.stop(folder, System.err::println);
            // A demo that was kept.
            DownCommand.stop(folder.resolve("demo"), System.err::println);
            remove(folder);
            System.out.println("Removed " + folder);
        }
        return ExitCode.DONE;
    }

    private static Path recognised(Path folder) {
        if (SIGNS.stream().noneMatch(sign -> Files.exists(folder.resolve(sign)))) {
            throw new JobException(
                    ExitCode.USAGE,
                    folder
                            + " does not look like a state folder of Millrace: nothing was removed. Check MILLRACE_STATE.");
        }
        return folder;
    }

    private static boolean agreed(Set<Path> folders) {
        if (!Terminal.answers()) {
            throw new JobException(
                    ExitCode.USAGE, "There is nobody to ask whether " + folders + " may be removed: say --yes.");
        }
        folders.forEach(System.err::println);
        System.err.print("Stop the local services and remove all of this, data included? [y/N] ");
        try {
            String answer = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            return answer != null && answer.strip().equalsIgnoreCase("y");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Does nothing where there is none. */
    static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                    if (e != null) {
                        throw e;
                    }
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new JobException(ExitCode.USAGE, "Cannot remove all of " + folder + ": " + e.getMessage(), e);
        }
    }
}
