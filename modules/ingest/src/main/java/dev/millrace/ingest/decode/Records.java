package dev.millrace.ingest.decode;

import java.io.IOException;

/** How the bytes of an object divide into records. One instance serves one thread, object after object. */
sealed interface Records permits JsonRecords, CsvRecords {

    /**
     * Hands every record of the table to the sink and returns how many the object has, the one of a damage not among them.
     */
    long read(Window window, DecodedRow row, RecordSink sink) throws IOException;

    /** How many of the records that were read last belong to another table. */
    default long ofOthers() {
        return 0;
    }

    /** Whether what cannot be told to be a certain table's, such as damage, is this one's. */
    default boolean takesTheRest() {
        return true;
    }
}
