package dev.millrace.contract;

import static java.util.Objects.requireNonNull;

import dev.millrace.contract.written.Problems;
import dev.millrace.contract.written.Written;
import java.util.Optional;

/**
 * A setting of Millrace's own in a contract, declared once: the binder reads by the declaration, and the reference page
 * is written from it.
 *
 * @param where which of the contract's parts of that level may have it, in words
 * @param values what may be written, in words
 * @param fallback what holds where it is not written, in words
 */
record Setting<T>(
        String name, Level level, String where, String values, String fallback, String meaning, Reading<T> reading) {

    Setting {
        requireNonNull(name, "name");
        requireNonNull(level, "level");
        requireNonNull(where, "where");
        requireNonNull(values, "values");
        requireNonNull(fallback, "fallback");
        requireNonNull(meaning, "meaning");
        requireNonNull(reading, "reading");
    }

    /** Whose custom properties hold the setting. */
    enum Level {
        CONTRACT("the contract"),
        TABLE("a table"),
        PROPERTY("a property");

        private final String words;

        Level(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** Makes the value of what is written, or adds the reason why it cannot to the problems. */
    @FunctionalInterface
    interface Reading<T> {
        Optional<T> read(Written written, Problems problems);
    }
}
