package dev.millrace.ingest.feed;

import static java.util.Objects.requireNonNull;

import java.util.OptionalLong;

/**
 * A message as its source gave it.
 *
 * @param sentAt when the source took it in, in milliseconds since 1970, where it says so
 * @param body the text as received, whatever it is
 */
record Message(String id, OptionalLong sentAt, String body) {
    Message {
        requireNonNull(id, "id");
        requireNonNull(sentAt, "sentAt");
        requireNonNull(body, "body");
    }
}
