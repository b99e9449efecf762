package dev.millrace.ingest.decode;

import java.io.IOException;

/** How the bytes of an object divide into records. One instance serves one thread, object after object. */
sealed interface Records permits JsonRecords, CsvRecords {

    /** Hands every record to the sink and returns how many there were, the one of a damage not among them. */
    long read(Window window, DecodedRow row, RecordSink sink) throws IOException;
}
