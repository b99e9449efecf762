package dev.millrace.ingest.decode;

/** Why a record is quarantined. The labels are part of the product: quarantine tables hold them. */
public enum Reason {
    DAMAGED_COMPRESSION("damaged-compression"),
    TOO_LONG("too-long"),
    MALFORMED("malformed"),
    INVALID_UTF8("invalid-utf8"),
    MISSING_COLUMN("missing-column"),
    FIELD_COUNT("field-count"),
    UNROUTED("unrouted"),
    MALFORMED_TEXT("malformed-text"),
    WRONG_TYPE("wrong-type"),
    NUL("nul"),
    OUT_OF_RANGE("out-of-range"),
    INVALID_TIME("invalid-time"),
    MISSING("missing");

    private final String label;

    Reason(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
