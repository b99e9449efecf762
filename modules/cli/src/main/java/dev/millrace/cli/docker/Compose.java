package dev.millrace.cli.docker;

import dev.millrace.cli.process.Children;
import dev.millrace.cli.process.Children.Ended;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The program that starts what the compose file names. */
final class Compose {
    private static final List<List<String>> PROGRAMS = List.of(List.of("docker", "compose"), List.of("docker-compose"));
    private static final int SHOWN = 30;

    private final Children children;
    private final List<String> program;
    private final Path file;

    private Compose(Children children, List<String> program, Path file) {
        this.children = children;
        this.program = program;
        this.file = file;
    }

    /** The one that this machine has. */
    static Compose ofThisMachine(Children children, Path file) {
        for (List<String> program : PROGRAMS) {
            List<String> asked = new ArrayList<>(program);
            asked.add("version");
            try {
                if (children.run(asked, Map.of(), line -> {}).code() == 0) {
                    return new Compose(children, program, file);
                }
            } catch (JobException absent) {
                // The next one may be there.
            }
        }
        throw new JobException(
                ExitCode.USAGE,
                "There is neither 'docker compose' nor 'docker-compose': install one of them"
                        + " (Debian: apt-get install docker-compose).");
    }

    /** Fails where it fails, with the end of what it said. */
    void run(DockerEngine engine, ComposeSettings settings, Consumer<String> say, String... arguments) {
        List<String> command = new ArrayList<>(program);
        command.addAll(
                List.of("--file", file.toString(), "--env-file", settings.file().toString()));
        command.addAll(List.of("--project-name", settings.value(ComposeSettings.PROJECT)));
        command.addAll(List.of(arguments));
        Map<String, String> variables = new HashMap<>(settings.values());
        variables.put("DOCKER_HOST", engine.host());
        List<String> said = new ArrayList<>();
        Ended ended = children.run(command, variables, line -> {
            said.add(line);
            say.accept(line);
        });
        if (ended.code() != 0) {
            throw new JobException(
                    ExitCode.USAGE,
                    String.join(" ", program) + " " + arguments[0] + " ended with " + ended.code() + ":\n"
                            + String.join("\n", said.subList(Math.max(0, said.size() - SHOWN), said.size())));
        }
    }
}
