package dev.millrace.ingest;

import dev.millrace.job.ClassArchive;
import dev.millrace.job.Job;

/** The ingest image's entry point. */
public final class IngestMain {
    private IngestMain() {}

    public static int run(String... args) {
        return Job.run(new IngestCommand(), args);
    }

    public static void main(String[] args) {
        int code = run(args);
        if (code == 0 && args.length > 0) {
            archive(args[0]);
        }
        System.exit(code);
    }

    /** A commit comes last of the three that make an ingest. */
    private static void archive(String verb) {
        switch (verb) {
            case "plan", "run" -> ClassArchive.remember();
            case "commit" -> ClassArchive.write();
            default -> {
                // Seldom started.
            }
        }
    }
}
