package dev.millrace.job;

import org.jspecify.annotations.Nullable;

/**
 * Names the points after each durable step. Tests that prove what a kill leaves behind make the process die at one of them:
 * {@code MILLRACE_HALT_AFTER} names it. Dying is a halt, as abrupt as SIGKILL: nothing is flushed, closed or told.
 */
public final class Milestone {
    private static final @Nullable String HALT_AFTER = System.getenv("MILLRACE_HALT_AFTER");
    private static final int KILLED = 137;

    private Milestone() {}

    public static void passed(String name) {
        if (name.equals(HALT_AFTER)) {
            Runtime.getRuntime().halt(KILLED);
        }
    }
}
