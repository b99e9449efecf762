package dev.millrace.lake;

import java.io.InputStream;

/**
 * One version of an object, to be read as a whole or from anywhere; reading goes on by itself where a connection breaks. A
 * failure to read is the store's, never a damage.
 */
public interface ObjectSource {
    long size();

    InputStream whole();

    /** The bytes from a position on. */
    InputStream from(long position);
}
