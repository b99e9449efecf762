package dev.millrace.lake;

import org.jspecify.annotations.Nullable;

/** What stands beside the contract's columns in a clean row. One is filled in again and again by its writer. */
public final class CleanRow {
    @Nullable
    Row row;

    byte[] object = new byte[0];
    byte[] etag = new byte[0];
    long record;
    byte[] period = new byte[0];

    public CleanRow of(Row row, byte[] object, byte[] etag, long record, byte[] period) {
        this.row = row;
        this.object = object;
        this.etag = etag;
        this.record = record;
        this.period = period;
        return this;
    }
}
