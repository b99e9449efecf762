package dev.millrace.load.warehouse;

/** What the warehouse says it holds of a period. */
public record LedgerEntry(String period, String content, long rows, long fence, String runId) {}
