package dev.millrace.ingest.decode;

import static java.util.Objects.requireNonNull;

/**
 * A record that is not clean. The pointer is empty where the whole record is at fault. The detail names the rule and
 * never the value.
 *
 * @param payload the first {@link #MAX_PAYLOAD_BYTES} bytes of the record's extent
 * @param bytes how long the extent is
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes go through to the lake; nobody compares violations.
public record Violation(long record, Reason reason, String pointer, String detail, byte[] payload, long bytes) {
    public static final int MAX_PAYLOAD_BYTES = 64 * 1024;

    public Violation {
        requireNonNull(reason, "reason");
        requireNonNull(pointer, "pointer");
        requireNonNull(detail, "detail");
        requireNonNull(payload, "payload");
    }
}
