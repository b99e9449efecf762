package dev.millrace.lake;

/** A data file that was written and not yet committed. The document is Iceberg's own description of it. */
public record LakeFile(String path, String hour, long rows, long bytes, String document) {}
