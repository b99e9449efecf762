package dev.millrace.cli.run;

import java.time.Duration;

/** Tells how far a run is, while it runs. */
public interface Progress extends AutoCloseable {
    /**
     * Tells what is done now.
     *
     * @param of how many steps there are at least
     */
    void begins(String step, int number, int of);

    void ended(String step, String how, Duration took);

    /** A line of a job's log. */
    void logged(String line);

    @Override
    void close();
}
