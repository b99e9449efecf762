package dev.millrace.cli.run;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.millrace.cli.process.Children.Ended;
import dev.millrace.cli.process.JobModule;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.util.Arrays;
import java.util.List;

/** How a job ended: its exit code and the line of JSON that it printed, if it did. */
public record JobEnd(ExitCode exitCode, JsonNode report) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** What the JVM ends with after -XX:+ExitOnOutOfMemoryError. */
    private static final int OUT_OF_MEMORY = 3;

    private static final int SIGNALS = 128;

    public JobEnd {
        requireNonNull(exitCode, "exitCode");
        requireNonNull(report, "report");
    }

    public static JobEnd of(JobModule module, Ended ended) {
        return new JobEnd(exitCode(module, ended.code()), report(ended.output()));
    }

    /** The code that a job's process ended with; an exception where jobs do not end with such a code. */
    public static ExitCode exitCode(JobModule module, int code) {
        String name = module.name().toLowerCase(java.util.Locale.ROOT);
        return Arrays.stream(ExitCode.values())
                .filter(known -> known.code() == code)
                .findFirst()
                .orElseThrow(() -> {
                    if (code == OUT_OF_MEMORY) {
                        return new JobException(
                                ExitCode.USAGE,
                                "The " + name + " job ran out of memory: give it more with MILLRACE_" + module.name()
                                        + "_JAVA_OPTIONS=-Xmx4g, say, and run the same again.");
                    }
                    if (code > SIGNALS) {
                        return new JobException(
                                ExitCode.TEMPORARY,
                                "The " + name + " job was killed by signal " + (code - SIGNALS)
                                        + ": run the same again, it does what is left.");
                    }
                    return new JobException(ExitCode.BUG, "The " + name + " job ended with " + code + ".");
                });
    }

    private static JsonNode report(String output) {
        List<String> lines =
                output.lines().filter(line -> line.strip().startsWith("{")).toList();
        if (lines.isEmpty()) {
            return MissingNode.getInstance();
        }
        try {
            return MAPPER.readTree(lines.get(lines.size() - 1));
        } catch (JsonProcessingException cutShort) {
            return MissingNode.getInstance();
        }
    }
}
