package dev.millrace.orc;

import dev.millrace.contract.SourceTable;
import dev.millrace.lake.ObjectSource;
import dev.millrace.lake.read.FileRows;
import dev.millrace.lake.read.RowFormat;
import java.util.Set;

/** What {@code format: orc} asks for. */
public final class OrcFormat implements RowFormat {
    @Override
    public SourceTable.RecordFormat.RowFile file() {
        return SourceTable.RecordFormat.RowFile.ORC;
    }

    @Override
    public FileRows rows(ObjectSource source, Set<String> fields) {
        return new OrcRows(source, fields);
    }
}
