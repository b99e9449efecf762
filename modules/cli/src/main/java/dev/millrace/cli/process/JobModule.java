package dev.millrace.cli.process;

import java.util.Locale;

/** A module that runs as a process of its own. */
public enum JobModule {
    INGEST,
    TRANSFORM,
    LOAD;

    public String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name of the job's image, without a registry. */
    public String image() {
        return "millrace-" + folder();
    }

    /** The environment variable whose options come last, and so win. */
    String optionsVariable() {
        return "MILLRACE_" + name() + "_JAVA_OPTIONS";
    }
}
