package dev.millrace.load;

import dev.millrace.job.ClassArchive;
import dev.millrace.job.Job;

/** The load job as a process. */
public final class LoadMain {
    private LoadMain() {}

    public static int run(String... args) {
        return Job.run(new LoadCommand(), args);
    }

    public static void main(String[] args) {
        int code = run(args);
        // An audit loads nothing.
        if (code == 0 && (args.length == 0 || !args[0].equals("audit"))) {
            ClassArchive.write();
        }
        System.exit(code);
    }
}
