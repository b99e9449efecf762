package dev.millrace.transform.export;

/** What became of a stale export. */
public record Written(String table, String object, String reason, long rows, long bytes) {}
