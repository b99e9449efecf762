package dev.millrace.lake.read;

import dev.millrace.contract.SourceTable;
import dev.millrace.lake.ObjectSource;
import java.util.Set;

/** What {@code format: parquet} asks for. */
public final class ParquetFormat implements RowFormat {
    @Override
    public SourceTable.RecordFormat.RowFile file() {
        return SourceTable.RecordFormat.RowFile.PARQUET;
    }

    @Override
    public FileRows rows(ObjectSource source, Set<String> fields) {
        return ParquetRows.of(source, fields);
    }
}
