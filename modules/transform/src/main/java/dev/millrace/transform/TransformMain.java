package dev.millrace.transform;

import dev.millrace.job.ClassArchive;
import dev.millrace.job.Job;

/** The transform job as a process. */
public final class TransformMain {
    private TransformMain() {}

    public static int run(String... args) {
        return Job.run(new TransformCommand(), args);
    }

    public static void main(String[] args) {
        int code = run(args);
        // A run that found nothing stale has not met Spark.
        if (code == 0) {
            ClassArchive.write();
        }
        System.exit(code);
    }
}
