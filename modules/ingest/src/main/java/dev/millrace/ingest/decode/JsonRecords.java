package dev.millrace.ingest.decode;

import dev.millrace.contract.SourceTable;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** JSON objects one after the other, with nothing, white space or the punctuation of an array between them. */
final class JsonRecords implements Records {
    private static final int ROOT = 0;

    /** What became of a text to look within. */
    private enum Within {
        NULL,
        READ,
        NO_TEXT,
        BROKEN,
        LONE_SURROGATE
    }

    private final int longestRecord;
    private final ColumnPlan[] plans;
    private final JsonShape shape;
    private final JsonParser parser;
    private final Within[] texts;
    private final boolean isMessage;
    private final @Nullable KeyRoute route;
    private final @Nullable LogEvents events;
    private String faultyPlace = "";
    private long ofOthers;

    private JsonRecords(
            SourceTable table, SourceTable.RecordFormat.Json format, @Nullable LogEvents events, ColumnPlan[] plans) {
        this.plans = plans;
        this.events = events;
        longestRecord = table.maxRecordBytes();
        isMessage = format.envelope() == SourceTable.Envelope.MESSAGE;
        route = format.routing().map(KeyRoute::new).orElse(null);
        shape = isMessage ? JsonShape.ofMessages(table.sourceColumns()) : JsonShape.of(table.sourceColumns());
        parser = new JsonParser(shape);
        texts = new Within[shape.textNode.length];
        Arrays.fill(texts, Within.NULL);
    }

    static JsonRecords of(SourceTable table, SourceTable.RecordFormat.Json format, ColumnPlan[] plans) {
        return new JsonRecords(table, format, null, plans);
    }

    /** Records that are the events of envelopes; pointers lead into what {@link LogEvents} makes of each. */
    static JsonRecords of(SourceTable table, SourceTable.RecordFormat.CloudWatchLogs format, ColumnPlan[] plans) {
        LogEvents events = new LogEvents(format.envelope() == SourceTable.Envelope.MESSAGE, table.maxRecordBytes());
        return new JsonRecords(table, new SourceTable.RecordFormat.Json(), events, plans);
    }

    /** Records that are handed over one by one, as {@link #one} takes them. */
    static JsonRecords ofRows(SourceTable table, ColumnPlan[] plans) {
        return new JsonRecords(table, new SourceTable.RecordFormat.Json(), null, plans);
    }

    /** Reads the record that is the whole of a text, with a 0 behind it; tells what is wrong with it. */
    @Nullable
    Fault one(byte[] text, int length, DecodedRow row) {
        faultyPlace = "";
        if (length > longestRecord) {
            return Fault.TOO_LONG;
        }
        parser.clear();
        return parser.parse(text, 0, length, ROOT) < 0
                ? parser.fault()
                : columns(text, 0, length, KeyRoute.Owner.THIS, row);
    }

    String faultyPlace() {
        return faultyPlace;
    }

    @Override
    public long ofOthers() {
        return ofOthers;
    }

    @Override
    public boolean takesTheRest() {
        return route == null || route.takesTheRest();
    }

    @Override
    public long read(Window window, DecodedRow row, RecordSink sink) throws IOException {
        long record = 0;
        ofOthers = 0;
        while (true) {
            int start = JsonParser.between(window.bytes, window.start);
            if (start == window.end) {
                if (window.ended) {
                    return record;
                }
                window.readOn(start);
                continue;
            }
            int next = parse(window, start);
            if (next == JsonParser.INCOMPLETE && window.end - start <= longestRecord && !window.ended) {
                window.readOn(start);
                continue;
            }
            window.start = start;
            if (next >= 0 && events != null) {
                record = events(events, record, window, next, row, sink);
                window.start = next;
            } else if (next >= 0) {
                record++;
                KeyRoute.Owner owner = route == null ? KeyRoute.Owner.THIS : route.owner(window.bytes, start);
                if (owner == KeyRoute.Owner.OTHER) {
                    ofOthers++;
                    window.start = next;
                    continue;
                }
                Fault fault = columns(window.bytes, start, next, owner, row);
                if (fault == null) {
                    sink.row(record, row);
                } else {
                    byte[] payload = window.payload(start, next);
                    sink.violation(
                            new Violation(record, fault.reason(), faultyPlace, fault.text(), payload, next - start));
                }
                window.start = next;
            } else {
                boolean tooLong = next == JsonParser.INCOMPLETE && window.end - start > longestRecord;
                Fault fault =
                        tooLong ? Fault.TOO_LONG : next == JsonParser.INCOMPLETE ? Fault.ENDS_EARLY : parser.fault();
                long at = parser.faultAt() - start + 1L;
                if (next == JsonParser.INCOMPLETE && window.cutOff() && !tooLong) {
                    window.cutOff(window.payload(start, window.end), window.end - start);
                    return record;
                }
                Extent extent = Extent.skip(window, true);
                if (extent.cutOff()) {
                    window.cutOff(extent.payload(), extent.length());
                    return record;
                }
                record++;
                if (!takesTheRest()) {
                    ofOthers++;
                    continue;
                }
                if (extent.length() > longestRecord) {
                    fault = Fault.TOO_LONG;
                }
                String detail = fault == Fault.TOO_LONG ? fault.text() : "byte " + at + ": " + fault.text();
                sink.violation(new Violation(record, fault.reason(), "", detail, extent.payload(), extent.length()));
            }
        }
    }

    /** Hands out every event of the envelope at the window's start; tells the number of the last. */
    private long events(LogEvents envelope, long before, Window window, int next, DecodedRow row, RecordSink sink)
            throws IOException {
        int start = window.start;
        long record = before;
        boolean isUtf8 = !parser.mayHoldNonAscii() || Utf8.valid(window.bytes, start, next);
        Fault fault = isUtf8 ? envelope.open(window.bytes, start, next) : Fault.UTF8;
        if (fault != null) {
            record++;
            String place = isUtf8 ? envelope.faultyPlace() : "";
            byte[] payload = window.payload(start, next);
            sink.violation(new Violation(record, fault.reason(), place, fault.text(), payload, next - start));
            return record;
        }
        while (envelope.next()) {
            record++;
            byte[] text = envelope.text();
            int length = envelope.length();
            parser.clear();
            faultyPlace = envelope.place();
            Fault wrong = envelope.isObject() ? null : Fault.NO_EVENT;
            if (wrong == null && parser.parse(text, 0, length, ROOT) < 0) {
                faultyPlace = "";
                wrong = parser.fault();
            }
            if (wrong == null) {
                wrong = columns(text, 0, length, KeyRoute.Owner.THIS, row);
            }
            if (wrong == null) {
                sink.row(record, row);
            } else {
                byte[] payload = Arrays.copyOf(text, Math.min(length, Violation.MAX_PAYLOAD_BYTES));
                sink.violation(new Violation(record, wrong.reason(), faultyPlace, wrong.text(), payload, length));
            }
        }
        return record;
    }

    /** Parses the record without looking at more of it than the longest one may have. */
    private int parse(Window window, int start) {
        byte[] b = window.bytes;
        parser.clear();
        if (b[start] != '{') {
            return parser.refuse(Fault.NO_OBJECT, start);
        }
        if (window.end - start <= longestRecord) {
            return parser.parse(b, start, window.end, ROOT);
        }
        int limit = start + longestRecord;
        byte beyond = b[limit];
        b[limit] = 0;
        int next = parser.parse(b, start, limit, ROOT);
        b[limit] = beyond;
        return next;
    }

    private @Nullable Fault columns(byte[] b, int start, int end, KeyRoute.Owner owner, DecodedRow row) {
        faultyPlace = "";
        if (parser.mayHoldNonAscii() && !Utf8.valid(b, start, end)) {
            return Fault.UTF8;
        }
        if (owner == KeyRoute.Owner.NONE) {
            return Fault.UNROUTED;
        }
        row.begin(b);
        for (int text = 0; text < texts.length; text++) {
            texts[text] = within(b, text, row);
        }
        if (isMessage && texts[JsonShape.BODY_TEXT] != Within.READ) {
            faultyPlace = "/body";
            return fault(texts[JsonShape.BODY_TEXT]);
        }
        for (int column = 0; column < plans.length; column++) {
            Fault fault = column(b, column, row);
            if (fault != null) {
                faultyPlace = plans[column].place;
                return fault;
            }
        }
        return null;
    }

    /** Why a text that should be there cannot be looked into. */
    private static Fault fault(Within text) {
        return switch (text) {
            case BROKEN -> Fault.WITHIN_TEXT;
            case LONE_SURROGATE -> Fault.SURROGATE;
            default -> Fault.WITHIN_TYPE;
        };
    }

    private Within within(byte[] record, int text, DecodedRow row) {
        int parent = shape.textParent[text];
        if (parent >= 0 && texts[parent] != Within.READ) {
            return texts[parent];
        }
        int node = shape.textNode[text];
        int from = parser.froms[node];
        int to = parser.tos[node];
        switch (parser.kinds[node]) {
            case JsonParser.MISSING, JsonParser.NULL -> {
                return Within.NULL;
            }
            case JsonParser.STRING -> {
                int start = row.room(to - from);
                System.arraycopy(parent < 0 ? record : row.work(), from, row.work(), start, to - from);
                row.keep(start + to - from);
                return parseText(text, start, row);
            }
            case JsonParser.ESCAPED_STRING -> {
                int start = row.room(to - from);
                int end = JsonStrings.unescape(parent < 0 ? record : row.work(), from, to, row.work(), start);
                if (end == JsonStrings.LONE_SURROGATE) {
                    return Within.LONE_SURROGATE;
                }
                row.keep(end);
                return parseText(text, start, row);
            }
            default -> {
                return Within.NO_TEXT;
            }
        }
    }

    private Within parseText(int text, int from, DecodedRow row) {
        byte[] work = row.work();
        int end = row.used() - 1;
        int root = shape.textRoot[text];
        int next = parser.parse(work, JsonParser.space(work, from), end, root);
        if (next >= 0 && JsonParser.space(work, next) == end) {
            return Within.READ;
        }
        return Within.BROKEN;
    }

    /** Only texts and what is read from texts can tell; other types do not look into strings. */
    private boolean holdsLoneSurrogate(byte[] b, int column, int node, boolean inText, DecodedRow row) {
        ColumnPlan plan = plans[column];
        boolean textual = plan.type == ColumnPlan.TEXT
                || plan.type == ColumnPlan.DATE
                || plan.type == ColumnPlan.TIMESTAMP
                || plan.version;
        return textual
                && parser.kinds[node] == JsonParser.ESCAPED_STRING
                && JsonStrings.holdsLoneSurrogate(inText ? row.work() : b, parser.froms[node], parser.tos[node]);
    }

    private @Nullable Fault column(byte[] b, int column, DecodedRow row) {
        int node = shape.columnNode[column];
        if (node < 0) {
            return row.setLandingHour(column);
        }
        int text = shape.columnText[column];
        if (text >= 0 && texts[text] != Within.READ) {
            return texts[text] == Within.NULL
                    ? row.setJson(column, JsonParser.MISSING, true, 0, 0)
                    : fault(texts[text]);
        }
        if (holdsLoneSurrogate(b, column, node, text >= 0, row)) {
            return Fault.SURROGATE;
        }
        return row.setJson(column, parser.kinds[node], text >= 0, parser.froms[node], parser.tos[node]);
    }
}
