package dev.millrace.local.sample;

import static java.util.Objects.requireNonNull;

/** The records of a pipeline's sample: number {@code i} of hour {@code h} is always the same bytes. */
interface SampleRecords {

    /** How many hours back a copy may have its original. */
    int REACH_HOURS = 3;

    /** What stands before the first record of an object, between records, and after the last one. */
    record Frame(String before, String between, String after) {
        public Frame {
            requireNonNull(before, "before");
            requireNonNull(between, "between");
            requireNonNull(after, "after");
        }
    }

    /** A record that is not clean. */
    record Bad(String text, String reason) {
        public Bad {
            requireNonNull(text, "text");
            requireNonNull(reason, "reason");
        }
    }

    Frame frame(int hour);

    /** Whether the table has a key, by which a copy is a duplicate; without one it counts for itself. */
    boolean hasKey();

    /** A clean one. It holds no line feed. */
    String good(int hour, long index);

    /** One that is bad in one of several ways, which take turns. */
    Bad bad(int hour, long index, long turn);
}
