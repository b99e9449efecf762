package dev.millrace.ingest.decode;

import dev.millrace.contract.Origin;
import dev.millrace.contract.SourceTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Records of fields by RFC 4180 or in a dialect of it, below a header that names them or without one. */
final class CsvRecords implements Records {
    private static final int INCOMPLETE = -1;
    private static final int MALFORMED = -2;
    private static final int UNBOUND = -1;
    /** No byte is equal to it. */
    private static final int NONE = 0x100;
    /** What a field is: its bytes as they stand, the same between quotes, or with something to be taken out. */
    private static final byte PLAIN = 0;

    private static final byte QUOTED = 1;
    private static final byte QUOTED_TO_CLEAN = 2;
    private static final byte PLAIN_TO_CLEAN = 3;
    private static final long LINE_FEEDS = Words.all('\n');

    private final int longestRecord;
    private final ColumnPlan[] plans;
    /** For each column the name of its field; null where its value does not come from the record. */
    private final byte[] @Nullable [] names;

    private final byte delimiter;
    private final long delimiters;
    private final int quote;
    private final long quotes;
    private final int escape;
    private final byte @Nullable [] nullText;
    private final boolean hasHeader;
    /** For a table without a header, how many fields a record has at least. */
    private int fewestFields;

    /** For each column its field in the object at hand, or {@link #UNBOUND}. */
    private final int[] fieldOf;

    private int headerFields;
    private int missingColumn;

    private int fields;
    private int[] froms = new int[64];
    private int[] tos = new int[64];
    private byte[] forms = new byte[64];
    private int contentEnd;
    /** Up to where an unquoted field has escapes. */
    private int escapedTo;

    private long high;
    private Fault fault = Fault.AFTER_QUOTE;
    private int faultAt;
    private int faultyColumn;

    CsvRecords(SourceTable table, ColumnPlan[] plans, SourceTable.RecordFormat.Csv format) {
        char delimited = format.delimiter();
        if (delimited >= 0x80 || delimited == '\n' || delimited == '\r') {
            throw new IllegalArgumentException("a delimiter is one ASCII character, and no line end");
        }
        this.plans = plans;
        this.delimiter = (byte) delimited;
        delimiters = Words.all(delimited);
        quote = format.quote().map(c -> (int) c).orElse(NONE);
        quotes = Words.all(format.quote().orElse('"'));
        escape = format.escape().map(c -> (int) c).orElse(NONE);
        nullText = format.nullText()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .orElse(null);
        hasHeader = format.header();
        longestRecord = table.maxRecordBytes();
        names = new byte[plans.length][];
        for (int column = 0; column < plans.length; column++) {
            if (table.sourceColumns().get(column).origin() instanceof Origin.Header header) {
                names[column] = header.name().getBytes(StandardCharsets.UTF_8);
            }
        }
        fieldOf = new int[plans.length];
        if (!hasHeader) {
            bindPositions(table);
        }
    }

    private void bindPositions(SourceTable table) {
        Arrays.fill(fieldOf, UNBOUND);
        missingColumn = UNBOUND;
        for (int column = 0; column < plans.length; column++) {
            if (table.sourceColumns().get(column).origin() instanceof Origin.Position position) {
                fieldOf[column] = position.number() - 1;
                fewestFields = Math.max(fewestFields, position.number());
            }
        }
    }

    @Override
    public long read(Window window, DecodedRow row, RecordSink sink) throws IOException {
        long record = 0;
        boolean header = hasHeader;
        while (true) {
            int start = blankLines(window, window.start);
            if (start == window.end || onlyReturn(window, start) && (!window.ended || window.cutOff())) {
                if (window.ended) {
                    return record;
                }
                window.readOn(start);
                continue;
            }
            int next = parse(window, start);
            boolean longer = next < 0
                    ? next == INCOMPLETE && window.end - start >= longestRecord + 2L
                    : contentEnd - start > longestRecord;
            if (next == INCOMPLETE && !longer && !window.ended) {
                window.readOn(start);
                continue;
            }
            window.start = start;
            if (next == INCOMPLETE && window.cutOff() && !longer) {
                window.cutOff(window.payload(start, window.end), window.end - start);
                return record;
            }
            if (next >= 0 && !longer) {
                if (header) {
                    bind(window.bytes, row);
                } else {
                    record++;
                    Fault wrong = columns(window.bytes, start, row);
                    if (wrong == null) {
                        sink.row(record, row);
                    } else {
                        String pointer = faultyColumn < 0 ? "" : plans[faultyColumn].place;
                        byte[] payload = window.payload(start, contentEnd);
                        sink.violation(new Violation(
                                record, wrong.reason(), pointer, wrong.text(), payload, contentEnd - start));
                    }
                }
                window.start = next;
            } else {
                Fault rule = next == INCOMPLETE ? Fault.OPEN_QUOTE : fault;
                long at = (next == INCOMPLETE ? window.end : faultAt) - start + 1L;
                Extent extent = Extent.skip(window, false);
                if (extent.cutOff()) {
                    window.cutOff(extent.payload(), extent.length());
                    return record;
                }
                if (header) {
                    unbind();
                } else {
                    record++;
                    boolean tooLong = longer || extent.length() > longestRecord;
                    String detail = tooLong ? Fault.TOO_LONG.text() : "byte " + at + ": " + rule.text();
                    sink.violation(new Violation(
                            record,
                            tooLong ? Reason.TOO_LONG : rule.reason(),
                            "",
                            detail,
                            extent.payload(),
                            extent.length()));
                }
            }
            header = false;
        }
    }

    private static int blankLines(Window window, int from) {
        byte[] b = window.bytes;
        int p = from;
        while (p < window.end) {
            if (b[p] == '\n') {
                p++;
            } else if (b[p] == '\r' && p + 1 < window.end && b[p + 1] == '\n') {
                p += 2;
            } else {
                break;
            }
        }
        return p;
    }

    /** Whether all that is there is a carriage return: part of a blank line, unless it is the end of the object. */
    private static boolean onlyReturn(Window window, int start) {
        return window.end - start == 1 && window.bytes[start] == '\r';
    }

    private void unbind() {
        Arrays.fill(fieldOf, UNBOUND);
        missingColumn = 0;
        headerFields = UNBOUND;
        while (missingColumn < plans.length && names[missingColumn] == null) {
            missingColumn++;
        }
    }

    private void bind(byte[] b, DecodedRow row) {
        row.begin(b);
        headerFields = fields;
        missingColumn = UNBOUND;
        for (int column = plans.length - 1; column >= 0; column--) {
            fieldOf[column] = UNBOUND;
            byte[] name = names[column];
            if (name == null) {
                continue;
            }
            for (int field = fields - 1; field >= 0; field--) {
                int from = froms[field];
                int to = tos[field];
                byte[] bytes = b;
                if (forms[field] >= QUOTED_TO_CLEAN) {
                    from = clean(b, from, to, forms[field], row);
                    to = row.used() - 1;
                    bytes = row.work();
                }
                if (Arrays.equals(bytes, from, to, name, 0, name.length)) {
                    fieldOf[column] = field;
                }
            }
            if (fieldOf[column] == UNBOUND) {
                missingColumn = column;
            }
        }
    }

    private @Nullable Fault columns(byte[] b, int start, DecodedRow row) {
        faultyColumn = -1;
        if ((high & Words.HIGHS) != 0 && !Utf8.valid(b, start, contentEnd)) {
            return Fault.UTF8;
        }
        if (missingColumn >= 0) {
            return Fault.NO_COLUMN;
        }
        if (hasHeader ? fields != headerFields : fields < fewestFields) {
            return Fault.FIELDS;
        }
        row.begin(b);
        for (int column = 0; column < plans.length; column++) {
            Fault wrong = column(column, b, row);
            if (wrong != null) {
                faultyColumn = column;
                return wrong;
            }
        }
        return null;
    }

    private @Nullable Fault column(int column, byte[] b, DecodedRow row) {
        int field = fieldOf[column];
        if (field < 0) {
            return row.setLandingHour(column);
        }
        byte form = forms[field];
        if (nullText != null
                && (form == PLAIN || form == PLAIN_TO_CLEAN)
                && Arrays.equals(b, froms[field], tos[field], nullText, 0, nullText.length)) {
            return row.setNull(column);
        }
        if (form < QUOTED_TO_CLEAN) {
            return row.setCsv(column, false, froms[field], tos[field]);
        }
        int from = clean(b, froms[field], tos[field], form, row);
        return row.setCsv(column, true, from, row.used() - 1);
    }

    /** Writes a field without its escapes and doubled quotes to the work; tells where it begins. */
    private int clean(byte[] b, int from, int to, byte form, DecodedRow row) {
        int start = row.room(to - from);
        byte[] work = row.work();
        int q = start;
        for (int p = from; p < to; p++) {
            if (b[p] == escape && p + 1 < to) {
                p++;
                work[q++] = b[p];
            } else {
                work[q++] = b[p];
                if (b[p] == quote && form == QUOTED_TO_CLEAN) {
                    p++;
                }
            }
        }
        row.keep(q);
        return start;
    }

    /** Finds the fields of the record that begins here; returns where the next line begins, or a failure. */
    private int parse(Window window, int start) {
        byte[] b = window.bytes;
        int limit = (int) Math.min(window.end, start + longestRecord + 2L);
        boolean atEnd = window.ended && limit == window.end && !window.cutOff();
        fields = 0;
        high = 0;
        int p = start;
        while (true) {
            if (p < limit && b[p] == quote) {
                int q = escape == NONE ? closingQuote(b, p + 1, limit, atEnd) : escapedQuote(b, p + 1, limit, atEnd);
                if (q < 0) {
                    return INCOMPLETE;
                }
                p = q + 1;
                if (p >= limit) {
                    contentEnd = p;
                    return atEnd ? p : INCOMPLETE;
                }
                if (b[p] == '\r' && p + 1 >= limit && !atEnd) {
                    return INCOMPLETE;
                }
                if (b[p] == '\r' && p + 1 < limit && b[p + 1] == '\n') {
                    contentEnd = p;
                    return p + 2;
                }
            } else {
                int q = escape == NONE ? plainEnd(b, p, limit) : escapedEnd(b, p, limit);
                if (q >= limit && !atEnd) {
                    return INCOMPLETE;
                }
                boolean lineEnd = q < limit && b[q] == '\n';
                boolean isReturn = lineEnd && q > p && b[q - 1] == '\r' && (escape == NONE || q - 1 >= escapedTo);
                add(p, isReturn ? q - 1 : q, escape != NONE && escapedTo > p ? PLAIN_TO_CLEAN : PLAIN);
                if (q >= limit) {
                    contentEnd = limit;
                    return limit;
                }
                if (lineEnd) {
                    contentEnd = tos[fields - 1];
                    return q + 1;
                }
                p = q;
            }
            if (b[p] == '\n') {
                contentEnd = p;
                return p + 1;
            }
            if (b[p] != delimiter) {
                fault = Fault.AFTER_QUOTE;
                faultAt = p;
                return MALFORMED;
            }
            p++;
        }
    }

    private void add(int from, int to, byte form) {
        if (fields == froms.length) {
            froms = Arrays.copyOf(froms, fields * 2);
            tos = Arrays.copyOf(tos, fields * 2);
            forms = Arrays.copyOf(forms, fields * 2);
        }
        froms[fields] = from;
        tos[fields] = to;
        forms[fields] = form;
        fields++;
    }

    /** Adds the quoted field whose content begins here; tells where its closing quote stands, or INCOMPLETE. */
    private int closingQuote(byte[] b, int from, int limit, boolean atEnd) {
        boolean twice = false;
        int p = from;
        while (true) {
            while (p < limit) {
                long word = Words.at(b, p);
                high |= word;
                long stops = Words.equal(word, quotes);
                if (stops != 0) {
                    p += Words.first(stops);
                    break;
                }
                p += 8;
            }
            if (p >= limit || p + 1 >= limit && !atEnd) {
                return INCOMPLETE;
            }
            if (p + 1 >= limit || b[p + 1] != quote) {
                add(from, p, twice ? QUOTED_TO_CLEAN : QUOTED);
                return p;
            }
            twice = true;
            p += 2;
        }
    }

    /** The same where there are escapes. */
    private int escapedQuote(byte[] b, int from, int limit, boolean atEnd) {
        boolean toClean = false;
        int p = from;
        while (true) {
            while (p < limit && b[p] != quote && b[p] != escape) {
                high |= b[p++] & 0x80;
            }
            if (p >= limit || p + 1 >= limit && !atEnd) {
                return INCOMPLETE;
            }
            if (b[p] == quote && (p + 1 >= limit || b[p + 1] != quote)) {
                add(from, p, toClean ? QUOTED_TO_CLEAN : QUOTED);
                return p;
            }
            if (p + 1 >= limit) {
                return INCOMPLETE;
            }
            toClean = true;
            high |= b[p + 1] & 0x80;
            p += 2;
        }
    }

    /** Index of the first delimiter or line feed that is not escaped, or at least the limit; notes the last escape's end. */
    private int escapedEnd(byte[] b, int from, int limit) {
        int p = from;
        escapedTo = from;
        while (p < limit && b[p] != delimiter && b[p] != '\n') {
            high |= b[p] & 0x80;
            if (b[p] == escape && p + 1 < limit) {
                p++;
                high |= b[p] & 0x80;
                escapedTo = p + 1;
            }
            p++;
        }
        return p;
    }

    /** Index of the first delimiter or line feed, or at least the limit. */
    private int plainEnd(byte[] b, int from, int limit) {
        int p = from;
        long seen = 0;
        while (p < limit) {
            long word = Words.at(b, p);
            seen |= word;
            long stops = Words.equal(word, delimiters) | Words.equal(word, LINE_FEEDS);
            if (stops != 0) {
                p += Words.first(stops);
                break;
            }
            p += 8;
        }
        high |= seen;
        return Math.min(p, limit);
    }
}
