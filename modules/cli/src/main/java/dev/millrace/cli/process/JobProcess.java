package dev.millrace.cli.process;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a job's JVM is started: with the arguments that its build wrote, and what the size of its work asks for. */
public final class JobProcess {
    /** Compiling thoroughly takes longer than reading so much with code compiled quickly. */
    private static final long SMALL_BYTES = 32L << 20;

    private final Installation installation;
    private final Map<String, String> variables;

    /** @param variables of the environment, for options of the engineer's own */
    public JobProcess(Installation installation, Map<String, String> variables) {
        this.installation = installation;
        this.variables = Map.copyOf(variables);
    }

    /** How much a process is going to read, which decides how its code is compiled. */
    public record Workload(long bytes) {
        /** Nothing but lists and books. */
        public static final Workload SLIGHT = new Workload(0);

        boolean isSmall() {
            return bytes < SMALL_BYTES;
        }
    }

    /** The command with the job's arguments at its end. */
    public List<String> command(JobModule module, Workload workload, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (!installation.has(module)) {
            throw new JobException(
                    ExitCode.USAGE,
                    "There are no jars in " + installation.module(module).resolve("target")
                            + ": run ./millrace, which builds them, or mvn -Dquick package.");
        }
        command.add("@" + installation.jobArguments(module));
        if (workload.isSmall()) {
            command.add("-XX:TieredStopAtLevel=1");
        }
        String own = variables.getOrDefault(module.optionsVariable(), "").strip();
        if (!own.isEmpty()) {
            command.addAll(List.of(own.split("\\s+")));
        }
        command.add("@" + installation.mainArguments(module));
        command.addAll(arguments);
        return command;
    }
}
