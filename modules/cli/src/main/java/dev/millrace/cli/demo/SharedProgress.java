package dev.millrace.cli.demo;

import dev.millrace.cli.run.Progress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** One bar for several things that go on at the same time. */
final class SharedProgress {
    private final Progress progress;
    private final String what;
    private final Map<String, int[]> counts = new HashMap<>();

    /** @param what they do together */
    SharedProgress(Progress progress, String what) {
        this.progress = progress;
        this.what = what;
    }

    /** The part of one of them. */
    Progress of(String name) {
        return new Progress() {
            @Override
            public void begins(String step, int number, int of) {
                begun(name, number, of);
            }

            @Override
            public void ended(String step, String how, Duration took) {
                progress.ended(name + " " + step, how, took);
            }

            @Override
            public void logged(String line) {
                progress.logged(line);
            }

            @Override
            public void close() {
                // The bar is closed by whoever made it.
            }
        };
    }

    private synchronized void begun(String name, int number, int of) {
        counts.put(name, new int[] {number, of});
        int done = counts.values().stream().mapToInt(count -> count[0]).sum();
        int all = counts.values().stream().mapToInt(count -> count[1]).sum();
        progress.begins(what + ": " + done + " of " + all + " runs", done, all);
    }
}
