package dev.millrace.load.warehouse;

/** What a load did to a table. */
public record Loaded(long fence, long read, long deleted, long updated, long inserted) {}
