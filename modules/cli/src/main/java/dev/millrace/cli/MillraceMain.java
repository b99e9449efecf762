package dev.millrace.cli;

import dev.millrace.job.Job;

/** The engineer's command. */
public final class MillraceMain {
    private MillraceMain() {}

    public static int run(String... args) {
        return Job.run(new MillraceCommand(), args);
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }
}
