package dev.millrace.contract;

/** How a value is made unreadable before it is stored. */
public enum Mask {
    /** Keyed HMAC-SHA-256 of the text's UTF-8 bytes, as {@value #HASH_LENGTH} lower-case hexadecimal digits. */
    HASH;

    public static final int HASH_LENGTH = 64;
}
