package dev.millrace.contract;

import static java.util.Objects.requireNonNull;

/** One column of a table, in the lake and in the warehouse alike. */
public record Column(String name, FieldType type, boolean required, String description) {
    public Column {
        requireNonNull(name, "name");
        requireNonNull(type, "type");
        requireNonNull(description, "description");
    }
}
