package dev.millrace.contract;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** A column of a source table: what it holds and where that comes from. Time formats only where it is a time. */
public record SourceColumn(Column column, Origin origin, List<TimeFormat> timeFormats) {
    public SourceColumn {
        requireNonNull(column, "column");
        requireNonNull(origin, "origin");
        timeFormats = List.copyOf(timeFormats);
    }

    public String name() {
        return column.name();
    }

    public FieldType type() {
        return column.type();
    }
}
