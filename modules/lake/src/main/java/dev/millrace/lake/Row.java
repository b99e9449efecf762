package dev.millrace.lake;

/**
 * A clean row of a source table, lent by its reader until the next one is read. Columns are addressed by their position
 * in the contract. No value is an object of its own: numbers are 64 bits, texts are slices of somebody else's bytes.
 */
public interface Row {

    boolean isNull(int column);

    /**
     * A boolean as 0 or 1; an integer; a decimal's unscaled value at the column's scale; a date as days and a timestamp as
     * microseconds since 1970; a double as its bits.
     */
    long number(int column);

    /** The array that holds a text's UTF-8 bytes. */
    byte[] textBytes(int column);

    int textStart(int column);

    int textLength(int column);
}
