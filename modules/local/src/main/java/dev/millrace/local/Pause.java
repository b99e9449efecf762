package dev.millrace.local;

import dev.millrace.job.Awaited;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for processes, which tell nobody when they are ready. */
public final class Pause {
    private static final Duration STEP = Duration.ofMillis(25);

    private Pause() {}

    static void of(Duration duration) {
        Awaited.pause(duration, "Interrupted while waiting for the local services.");
    }

    /** True as soon as it is so, false if it is not within {@code patience}. */
    public static boolean until(BooleanSupplier soThat, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!soThat.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            of(STEP);
        }
        return true;
    }
}
