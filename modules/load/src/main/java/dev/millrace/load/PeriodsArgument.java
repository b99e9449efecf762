package dev.millrace.load;

import dev.millrace.contract.Contract;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Periods as they are given on the command line: {@code TABLE/PERIOD}. */
final class PeriodsArgument {
    private PeriodsArgument() {}

    static Map<String, Set<String>> byTable(List<String> arguments, Contract contract) {
        Map<String, Set<String>> periods = new TreeMap<>();
        for (String argument : arguments) {
            int slash = argument.indexOf('/');
            if (slash < 1 || contract.table(argument.substring(0, slash)).isEmpty()) {
                throw new JobException(
                        ExitCode.USAGE,
                        "'" + argument + "' names no table of " + contract.pipeline()
                                + " and period of it, such as consent_events/2026-01-05.");
            }
            periods.computeIfAbsent(argument.substring(0, slash), table -> new TreeSet<>())
                    .add(argument.substring(slash + 1));
        }
        return periods;
    }
}
