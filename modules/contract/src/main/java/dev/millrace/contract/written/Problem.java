package dev.millrace.contract.written;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;

/** A mistake in a file: where it is, and a sentence that says what is wrong and what is allowed. */
public record Problem(Place place, String sentence) implements Comparable<Problem> {
    private static final Comparator<Problem> ORDER = Comparator.comparing(
                    (Problem problem) -> problem.place().file().toString())
            .thenComparing(problem -> problem.place().line())
            .thenComparing(problem -> problem.place().path())
            .thenComparing(Problem::sentence);

    public Problem {
        requireNonNull(place, "place");
        requireNonNull(sentence, "sentence");
    }

    @Override
    public int compareTo(Problem other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return place + ": " + sentence;
    }
}
