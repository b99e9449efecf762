package dev.millrace.load.warehouse;

/** How an audit digests a row. Both see any single changed value. */
public enum ChecksumKind {
    /** The warehouse's own hash function; several times cheaper. */
    FAST,
    /** 60 bits of the md5 of a canonical text: the reference, the same in every warehouse. */
    MD5
}
