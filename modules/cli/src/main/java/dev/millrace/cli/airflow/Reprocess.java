package dev.millrace.cli.airflow;

import java.util.Locale;

/** Which runs that are there already a backfill does again, in Airflow's words. */
public enum Reprocess {
    NONE,
    FAILED,
    COMPLETED;

    /** As Airflow and people read it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
