package dev.millrace.job;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** What another thread worked out. */
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
}
