package dev.millrace.ingest.decode;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Takes one kind of compression off. Damage ends the bytes and is a value; an exception is always the source's own. The
 * magic bytes have been looked at and are still there to be read.
 */
sealed interface Inflation extends AutoCloseable
        permits PlainBytes, GzipBytes, GzipWithin, ZipBytes, ZstdBytes, SnappyBytes {

    /** Reads at least one byte, or tells the end by -1. */
    int read(byte[] into, int at, int length) throws IOException;

    /** What is wrong with the compressed data; known once {@link #read} has told the end. */
    @Nullable
    String damage();

    @Override
    void close();
}
