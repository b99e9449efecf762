package dev.millrace.ingest.decode;

import dev.millrace.contract.Contract;
import dev.millrace.contract.SourceTable;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.lake.read.RowFormat;
import java.util.Optional;
import java.util.ServiceLoader;

/** Finds what reads files of rows. */
public final class RowFormats {
    private RowFormats() {}

    /** An exception where the contract asks for a format whose module is not there. */
    public static void mustBeThere(Contract contract) {
        contract.sources().forEach(RowFormats::of);
    }

    /** Nothing for a table whose objects are no files of rows. */
    static Optional<RowFormat> of(SourceTable table) {
        if (!(table.format() instanceof SourceTable.RecordFormat.RowFile file)) {
            return Optional.empty();
        }
        for (RowFormat format : ServiceLoader.load(RowFormat.class, RowFormat.class.getClassLoader())) {
            if (format.file() == file) {
                return Optional.of(format);
            }
        }
        throw new JobException(
                ExitCode.USAGE,
                "Table " + table.name() + " has 'format: " + file.word() + "', and this ingest cannot read "
                        + file.title() + ": put the module millrace-" + file.word()
                        + " and its libraries on its class path. In a checkout, build without '-D" + file.word()
                        + "=false'; for an image, run 'millrace images --" + file.word() + "'. Nothing was read.");
    }
}
