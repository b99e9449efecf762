package dev.millrace.cli.query;

/** How rows are printed. */
public enum QueryFormat {
    TABLE,
    CSV,
    JSON
}
