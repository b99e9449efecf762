package dev.millrace.environment;

import static java.util.Objects.requireNonNull;

import dev.millrace.contract.written.Place;

/**
 * The text of a setting and whence it came.
 *
 * @param source begins a sentence about the value where its place alone does not say whose it is; else empty
 */
record Value(Secret text, Place place, String source) {
    Value {
        requireNonNull(text, "text");
        requireNonNull(place, "place");
        requireNonNull(source, "source");
    }
}
