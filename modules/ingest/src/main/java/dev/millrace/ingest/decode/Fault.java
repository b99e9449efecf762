package dev.millrace.ingest.decode;

/** A rule that a record broke, and how the quarantine says so. */
enum Fault {
    TOO_LONG(Reason.TOO_LONG, "no end within the contract's maxRecordBytes"),
    NO_OBJECT(Reason.MALFORMED, "a record must begin with '{'"),
    NO_VALUE(Reason.MALFORMED, "a value must begin"),
    NO_NAME(Reason.MALFORMED, "a member name must begin"),
    NO_COLON(Reason.MALFORMED, "a colon must follow"),
    NO_SEPARATOR(Reason.MALFORMED, "a comma or the closing bracket must follow"),
    CONTROL_BYTE(Reason.MALFORMED, "a control byte in a string"),
    NO_ESCAPE(Reason.MALFORMED, "no valid escape"),
    NO_NUMBER(Reason.MALFORMED, "a digit must follow"),
    NESTING(Reason.MALFORMED, "nesting deeper than 256"),
    ENDS_EARLY(Reason.MALFORMED, "the bytes end within the record"),
    AFTER_QUOTE(Reason.MALFORMED, "a delimiter or a line end must follow the closing quote"),
    OPEN_QUOTE(Reason.MALFORMED, "a quoted field never ends"),
    UTF8(Reason.INVALID_UTF8, "the record is not UTF-8"),
    SURROGATE(Reason.INVALID_UTF8, "an escaped surrogate without its other half"),
    NO_COLUMN(Reason.MISSING_COLUMN, "the header lacks the column"),
    FIELDS(Reason.FIELD_COUNT, "the record and the header differ in their number of fields"),
    UNROUTED(Reason.UNROUTED, "no key begins with the keyPrefix of a table"),
    NO_EVENTS(Reason.WRONG_TYPE, "the envelope holds no array of events"),
    NO_EVENT(Reason.WRONG_TYPE, "an event is no object"),
    WITHIN_TEXT(Reason.MALFORMED_TEXT, "the text is not well-formed JSON"),
    WITHIN_TYPE(Reason.WRONG_TYPE, "no text to look within"),
    NO_CONTENT(Reason.WRONG_TYPE, "neither array, object nor string"),
    NOT_TEXT(Reason.WRONG_TYPE, "not a string"),
    NOT_BOOLEAN(Reason.WRONG_TYPE, "not a boolean"),
    NOT_WHOLE(Reason.WRONG_TYPE, "not a number without fraction or exponent"),
    NOT_NUMBER(Reason.WRONG_TYPE, "not a number"),
    NOT_VERSION(Reason.WRONG_TYPE, "not one to three numbers with dots between them"),
    VERSION_RANGE(Reason.OUT_OF_RANGE, "minor or patch past 999, or past the range of the column's type"),
    NOT_TIME(Reason.WRONG_TYPE, "not written as a time is"),
    HAS_NUL(Reason.NUL, "the text holds U+0000"),
    TEXT_LENGTH(Reason.OUT_OF_RANGE, "the text has more characters than the column takes"),
    INTEGER_RANGE(Reason.OUT_OF_RANGE, "past the range of the column's type"),
    DECIMAL_RANGE(Reason.OUT_OF_RANGE, "not exact within the column's precision and scale"),
    DOUBLE_RANGE(Reason.OUT_OF_RANGE, "past the range of double precision"),
    NO_FORMAT(Reason.INVALID_TIME, "fits none of the column's formats"),
    NO_SUCH_TIME(Reason.INVALID_TIME, "no such day or time"),
    NULL(Reason.MISSING, "a required column is null"),
    NULL_EVENT_TIME(Reason.MISSING, "the event time is null");

    private final Reason reason;
    private final String text;

    Fault(Reason reason, String text) {
        this.reason = reason;
        this.text = text;
    }

    Reason reason() {
        return reason;
    }

    String text() {
        return text;
    }
}
