package dev.millrace.contract.written;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Gathers the mistakes of files, so that all are told at once. */
public final class Problems {
    private final SortedSet<Problem> found = new TreeSet<>();

    public void add(Place place, String sentence) {
        found.add(new Problem(place, sentence));
    }

    public void addAll(List<Problem> problems) {
        found.addAll(problems);
    }

    /** Whether something was found at the path of this place. */
    public boolean tellOf(Place place) {
        return found.stream()
                .map(Problem::place)
                .anyMatch(other ->
                        other.file().equals(place.file()) && other.path().equals(place.path()));
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** In the order of files and lines. */
    public List<Problem> sorted() {
        return List.copyOf(found);
    }

    /** Ends the run with a list of all mistakes, if there are any. */
    public void refuseAny(String subject) {
        if (!found.isEmpty()) {
            throw refusal(subject);
        }
    }

    /** The exception that lists all mistakes. */
    public JobException refusal(String subject) {
        String count = found.size() == 1 ? "a mistake" : found.size() + " mistakes";
        return new JobException(
                ExitCode.USAGE,
                found.stream()
                        .map(problem -> "  " + problem)
                        .collect(Collectors.joining("\n", subject + " has " + count + ":\n", "")));
    }
}
