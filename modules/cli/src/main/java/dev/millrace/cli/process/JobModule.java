package dev.millrace.cli.process;

import java.util.Locale;

/** A module that runs as a process of its own. */
public enum JobModule {
    INGEST("dev.millrace.ingest.IngestMain", 1024),
    TRANSFORM("dev.millrace.transform.TransformMain", 2048),
    LOAD("dev.millrace.load.LoadMain", 1024);

    private final String mainClass;
    private final int heapMegabytes;

    JobModule(String mainClass, int heapMegabytes) {
        this.mainClass = mainClass;
        this.heapMegabytes = heapMegabytes;
    }

    String mainClass() {
        return mainClass;
    }

    int heapMegabytes() {
        return heapMegabytes;
    }

    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The environment variable whose options come last, and so win. */
    String optionsVariable() {
        return "MILLRACE_" + name() + "_JAVA_OPTIONS";
    }
}
