package dev.millrace.control;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One landing hour of a table as last examined: of what it was made, its objects with their books, and how many of its rows
 * the clean table holds. Those differ while the hour is held.
 */
public record HourBook(
        String hour,
        long generation,
        boolean held,
        MadeOf madeOf,
        List<ObjectBook> objects,
        SortedMap<String, Long> reasons,
        long published,
        String planId) {

    /** The part of an hour's stamp that is there while an attempt changes the lake: the plan of that attempt. */
    public static final String PUBLISHING = "publishing";

    public HourBook {
        objects = List.copyOf(objects);
        reasons = Collections.unmodifiableSortedMap(new TreeMap<>(reasons));
    }

    public long landed() {
        return objects.stream().mapToLong(ObjectBook::landed).sum();
    }

    public long clean() {
        return objects.stream().mapToLong(ObjectBook::clean).sum();
    }

    public long duplicate() {
        return objects.stream().mapToLong(ObjectBook::duplicate).sum();
    }

    public long quarantined() {
        return objects.stream().mapToLong(ObjectBook::quarantined).sum();
    }
}
