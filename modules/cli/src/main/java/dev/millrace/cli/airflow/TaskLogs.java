package dev.millrace.cli.airflow;

/** Where people find what a task logged. */
@FunctionalInterface
public interface TaskLogs {
    /** A file, or an address for a browser. */
    String of(TaskRun task);
}
