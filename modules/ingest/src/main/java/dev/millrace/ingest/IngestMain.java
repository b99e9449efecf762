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
        // Plans and commits use some of the same classes.
        if (code == 0 && args.length > 0 && args[0].equals("run")) {
            ClassArchive.write();
        }
        System.exit(code);
    }
}
