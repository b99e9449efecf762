package dev.millrace.cli.run;

import java.util.Locale;

/** The stages of a run, in their order. */
public enum Stage {
    PLAN,
    INGEST,
    COMMIT,
    TRANSFORM,
    LOAD;

    /** As people and programs read it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
