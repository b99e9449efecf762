package dev.millrace.contract;

/** Names of the columns that Millrace adds to those of the contract. */
public final class Lineage {
    /** Key of the landed object. */
    public static final String OBJECT = "_object";
    /** Its ETag. */
    public static final String ETAG = "_etag";
    /** Number of the record within it, from 1. */
    public static final String RECORD = "_record";
    /** Landing hour; in the lake only. */
    public static final String HOUR = "_hour";
    /** Event period. */
    public static final String PERIOD = "_period";

    private Lineage() {}
}
