package dev.millrace.ingest.decode;

import dev.millrace.lake.Row;
import java.io.IOException;

/** Takes the records of an object in their order. */
public interface RecordSink {

    /** A clean row, lent until this call returns. */
    void row(long record, Row row) throws IOException;

    void violation(Violation violation) throws IOException;
}
