package dev.millrace.cli.images;

import dev.millrace.cli.process.Children;
import dev.millrace.cli.process.Children.Ended;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Other programs that do a part of the work. */
final class Programs {
    private static final int SHOWN = 30;

    /** Our builds do with the quick compiler; bills and layers are digests of hundreds of megabytes, which take it twice as long. */
    private static final String DIGESTS_COMPILED_WELL = "-XX:TieredStopAtLevel=4";

    private final Children children = Children.ofThisProcess();
    private final Map<String, String> variables = Map.of(
            "JAVA_HOME",
            System.getProperty("java.home"),
            "TZ",
            "UTC",
            "LC_ALL",
            "C.UTF-8",
            "MAVEN_OPTS",
            (DIGESTS_COMPILED_WELL + " " + System.getenv().getOrDefault("MAVEN_OPTS", "")).strip());

    /** Runs a program whose failure is an answer too. */
    Ended ask(List<String> command, String... arguments) {
        return children.run(joined(command, arguments), variables, line -> {});
    }

    /**
     * Runs a program that has to succeed; gives back what it printed.
     *
     * @param purpose what cannot be done where it fails, as "build the base"
     */
    String must(String purpose, List<String> command, String... arguments) {
        List<String> log = new ArrayList<>();
        Ended ended = children.run(joined(command, arguments), variables, log::add);
        if (ended.code() != 0) {
            List<String> lines = Stream.concat(ended.output().lines(), log.stream())
                    .filter(line -> !line.isBlank())
                    .toList();
            String last = String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN), lines.size()));
            throw new JobException(
                    ExitCode.USAGE,
                    "Cannot " + purpose + ": " + command.get(0) + " ended with " + ended.code() + ".\n" + last);
        }
        return ended.output();
    }

    private static List<String> joined(List<String> command, String... arguments) {
        List<String> joined = new ArrayList<>(command);
        joined.addAll(List.of(arguments));
        return joined;
    }
}
