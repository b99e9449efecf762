package dev.millrace.load;

import dev.millrace.job.Job;

/** The load job as a process. */
public final class LoadMain {
    private LoadMain() {}

    public static int run(String... args) {
        return Job.run(new LoadCommand(), args);
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }
}
