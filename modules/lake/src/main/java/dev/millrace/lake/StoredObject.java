package dev.millrace.lake;

/** An object as a listing shows it. The ETag is without quotes. */
public record StoredObject(String key, String etag, long size) {}
