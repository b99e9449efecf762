package dev.millrace.contract;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/** A column of a source table: what it holds and where that comes from. Time formats only where it is a time. */
public record SourceColumn(Column column, Origin origin, List<TimeFormat> timeFormats, Optional<Mask> mask) {
    public SourceColumn {
        requireNonNull(column, "column");
        requireNonNull(origin, "origin");
        timeFormats = List.copyOf(timeFormats);
        requireNonNull(mask, "mask");
    }

    /** One that is stored as it is read. */
    public SourceColumn(Column column, Origin origin, List<TimeFormat> timeFormats) {
        this(column, origin, timeFormats, Optional.empty());
    }

    public String name() {
        return column.name();
    }

    public FieldType type() {
        return column.type();
    }
}
