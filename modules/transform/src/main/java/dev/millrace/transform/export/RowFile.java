package dev.millrace.transform.export;

import java.io.IOException;
import org.apache.spark.sql.Row;

/** A file of rows that is being written. */
sealed interface RowFile extends AutoCloseable permits CsvFile, ParquetFile {
    void write(Row row) throws IOException;

    @Override
    void close() throws IOException;
}
