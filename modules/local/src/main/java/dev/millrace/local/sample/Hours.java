package dev.millrace.local.sample;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Makes hours on all cores and hands their objects on in order, with a few hours in memory at a time. */
final class Hours {
    private Hours() {}

    /** An object and what is in it. */
    record Part(SampleObject object, SampleCounts counts) {}

    static SampleCounts write(int hours, IntFunction<List<Part>> hour, Consumer<SampleObject> consumer) {
        int threads = Runtime.getRuntime().availableProcessors();
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            Deque<Future<List<Part>>> ahead = new ArrayDeque<>();
            SampleCounts counts = SampleCounts.NONE;
            int next = 0;
            for (int done = 0; done < hours; done++) {
                while (next < hours && ahead.size() <= threads) {
                    int number = next++;
                    ahead.add(workers.submit(() -> hour.apply(number)));
                }
                for (Part part : ahead.remove().get()) {
                    consumer.accept(part.object());
                    counts = counts.plus(part.counts());
                }
            }
            return counts;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while making a sample", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The sample could not be made", e.getCause());
        } finally {
            workers.shutdownNow();
        }
    }
}
