package dev.millrace.cli.process;

import java.util.Locale;

/** A module that runs as a process of its own. */
public enum JobModule {
    INGEST,
    TRANSFORM,
    LOAD;

    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The environment variable whose options come last, and so win. */
    String optionsVariable() {
        return "MILLRACE_" + name() + "_JAVA_OPTIONS";
    }
}
