package dev.millrace.control;

/** What a landing hour feeds into an event period: how many rows, a digest of them and one of their keys. */
public record Edge(String hour, String period, long rows, String content, String keys) {}
