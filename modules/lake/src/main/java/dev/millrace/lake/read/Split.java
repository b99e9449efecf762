package dev.millrace.lake.read;

import static java.util.Objects.requireNonNull;

import org.apache.iceberg.io.InputFile;

/**
 * A part of one data file that can be read by itself: whole row groups of one partition. The number of rows is that of the
 * whole file, as the lake's metadata tell it.
 */
public record Split(String partition, InputFile file, long start, long end, long fileRows) {
    public Split {
        requireNonNull(partition, "partition");
        requireNonNull(file, "file");
    }
}
