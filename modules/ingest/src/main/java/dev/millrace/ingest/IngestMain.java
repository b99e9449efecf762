package dev.millrace.ingest;

import dev.millrace.job.Job;

/** The ingest image's entry point. */
public final class IngestMain {
    private IngestMain() {}

    public static int run(String... args) {
        return Job.run(new IngestCommand(), args);
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }
}
