package dev.millrace.local;

import java.util.List;

/** The programs that Airflow is made of, each a process of its own. */
enum AirflowProgram {
    API_SERVER("api-server", "--workers", "1"),
    // Logs are read from their files: a server for them would want a port of its own, on all addresses.
    SCHEDULER("scheduler", "--skip-serve-logs"),
    DAG_PROCESSOR("dag-processor"),
    TRIGGERER("triggerer", "--skip-serve-logs");

    private final String word;
    private final List<String> options;

    AirflowProgram(String word, String... options) {
        this.word = word;
        this.options = List.of(options);
    }

    /** As Airflow's command line calls it. */
    String word() {
        return word;
    }

    List<String> options() {
        return options;
    }
}
