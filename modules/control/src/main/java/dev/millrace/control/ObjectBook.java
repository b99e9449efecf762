package dev.millrace.control;

import java.util.Optional;

/** One landed object and the books of its records. */
public record ObjectBook(
        String object,
        String etag,
        long size,
        Optional<String> repeats,
        boolean present,
        boolean published,
        long landed,
        long clean,
        long duplicate,
        long quarantined) {

    public ObjectBook {
        if (landed != clean + duplicate + quarantined) {
            throw new IllegalArgumentException("the books of " + object + " do not balance: " + landed + " landed, "
                    + clean + " clean, " + duplicate + " duplicate, " + quarantined + " quarantined");
        }
    }

    public ObjectBook gone() {
        return new ObjectBook(object, etag, size, repeats, false, published, landed, clean, duplicate, quarantined);
    }

    /** The same with another answer to whether the clean table holds its rows just as they were last decoded. */
    public ObjectBook published(boolean is) {
        return new ObjectBook(object, etag, size, repeats, present, is, landed, clean, duplicate, quarantined);
    }
}
