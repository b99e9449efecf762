package dev.millrace.ingest.feed;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A message as its source gave it.
 *
 * @param sentAt when the source took it in, in milliseconds since 1970, where it says so
 * @param body the text as received, whatever it is
 * @param further what else the source knows of it
 */
record Message(String id, OptionalLong sentAt, String body, SortedMap<String, String> further) {
    Message {
        requireNonNull(id, "id");
        requireNonNull(sentAt, "sentAt");
        requireNonNull(body, "body");
        further = Collections.unmodifiableSortedMap(new TreeMap<>(further));
    }

    Message(String id, OptionalLong sentAt, String body) {
        this(id, sentAt, body, Collections.emptySortedMap());
    }
}
