package dev.millrace.lake.read;

import dev.millrace.contract.SourceTable;
import dev.millrace.lake.ObjectSource;
import java.util.Set;

/**
 * Reads files of rows of one format. {@link java.util.ServiceLoader} finds those that are on the class path: a format whose library
 * is large has a module of its own, which may be missing.
 */
public interface RowFormat {
    SourceTable.RecordFormat.RowFile file();

    /** Reads nothing yet. Fields that the file lacks are null. */
    FileRows rows(ObjectSource source, Set<String> fields);
}
