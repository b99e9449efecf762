package dev.millrace.contract.written;

import static java.util.Objects.requireNonNull;

/** A value and where it is written. */
public record At<T>(T value, Place place) {
    public At {
        requireNonNull(value, "value");
        requireNonNull(place, "place");
    }
}
