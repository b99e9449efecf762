package dev.millrace.cli.check;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One thing that was looked at: whether it is as it should be, what was found, and otherwise what to do about it.
 *
 * @param needed whether Millrace cannot work without it
 */
public record Finding(String what, boolean ok, boolean needed, String found, Optional<String> next) {
    public Finding {
        requireNonNull(what, "what");
        requireNonNull(found, "found");
        requireNonNull(next, "next");
    }

    public static Finding ok(String what, String found) {
        return new Finding(what, true, true, found, Optional.empty());
    }

    public static Finding failed(String what, String found, String next) {
        return new Finding(what, false, true, found, Optional.of(next));
    }

    /** Something without which only a part of Millrace does not work. */
    public static Finding lacking(String what, String found, String next) {
        return new Finding(what, false, false, found, Optional.of(next));
    }

    public String text() {
        String state = ok ? "ok     " : needed ? "failed " : "lacking";
        return String.format(
                "%s  %-24s %s%s",
                state, what, found, next.map(action -> " → " + action).orElse(""));
    }
}
