package dev.millrace.ingest;

import dev.millrace.lake.QuarantineFile.Quarantined;

/** A quarantined record as it is listed. */
record QuarantinedLine(
        String table,
        String hour,
        String object,
        String etag,
        long record,
        String reason,
        String pointer,
        String detail,
        long bytes) {

    static QuarantinedLine of(String table, String hour, Quarantined bad) {
        return new QuarantinedLine(
                table,
                hour,
                bad.object(),
                bad.etag(),
                bad.record(),
                bad.reason(),
                bad.pointer(),
                bad.detail(),
                bad.bytes());
    }
}
