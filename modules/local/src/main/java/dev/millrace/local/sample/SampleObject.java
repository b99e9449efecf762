package dev.millrace.local.sample;

import static java.util.Objects.requireNonNull;

/** An object as it lands. The bytes are not copied: who takes them may keep them, and nobody changes them. */
public final class SampleObject {
    private final String key;
    private final byte[] bytes;

    public SampleObject(String key, byte[] bytes) {
        this.key = requireNonNull(key, "key");
        this.bytes = requireNonNull(bytes, "bytes");
    }

    public String key() {
        return key;
    }

    public byte[] bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return key + " (" + bytes.length + " bytes)";
    }
}
