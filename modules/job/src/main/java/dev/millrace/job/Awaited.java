package dev.millrace.job;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** What another thread worked out, or the time itself. */
public final class Awaited {
    private Awaited() {}

    /** Waits for it; an exception of the other thread is thrown as it was there. */
    public static <T> T result(Future<T> work) throws InterruptedException {
        try {
            return work.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException ours) {
                throw ours;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /**
     * Waits for a while.
     *
     * @param interrupted what is said where somebody ends that
     */
    public static void pause(Duration wait, String interrupted) {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ExitCode.TEMPORARY, interrupted, e);
        }
    }
}
