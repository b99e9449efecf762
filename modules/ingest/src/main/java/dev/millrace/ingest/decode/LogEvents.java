package dev.millrace.ingest.decode;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.Origin;
import dev.millrace.contract.Pointer;
import dev.millrace.contract.SourceColumn;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The events of an envelope of CloudWatch Logs, one after the other: for each the envelope's text with the event in place of
 * the array of them. Where the envelope is a message's body, that text stands in the message in place of the string.
 */
final class LogEvents {
    private static final int BODY = 0;
    private static final int TYPE = 0;
    private static final int EVENTS = 1;
    private static final byte[] CONTROL = "CONTROL_MESSAGE".getBytes(StandardCharsets.US_ASCII);
    /** What gzip begins with, in base64. */
    private static final byte[] GZIP = "H4sI".getBytes(StandardCharsets.US_ASCII);

    private final boolean isMessage;
    private final int longest;
    private final JsonShape messageShape = shape("/body");
    private final JsonShape envelopeShape = shape("/messageType", "/logEvents");
    private final JsonParser messageParser = new JsonParser(messageShape);
    private final JsonParser envelopeParser = new JsonParser(envelopeShape);

    private byte[] envelope = new byte[Window.SLACK];
    private int envelopeEnd;
    private int arrayStart;
    private int arrayEnd;
    private int position;
    private int eventStart;
    private int eventEnd;
    private byte[] before = {};
    private byte[] after = {};
    private byte[] text = new byte[4096];
    private int length;
    private String faultyPlace = "";

    LogEvents(boolean isMessage, int longest) {
        this.isMessage = isMessage;
        this.longest = longest;
    }

    private static JsonShape shape(String... pointers) {
        return JsonShape.of(Arrays.stream(pointers)
                .map(pointer -> new SourceColumn(
                        new Column("any", new FieldType.Text(OptionalInt.empty()), false, ""),
                        new Origin.Member(Pointer.of(pointer), Optional.empty(), Origin.Take.VALUE),
                        List.of()))
                .toList());
    }

    /** Reads the well-formed record that stands here; tells what is wrong with it as an envelope. */
    @Nullable
    Fault open(byte[] b, int start, int end) {
        before = new byte[0];
        after = before;
        if (isMessage) {
            Fault fault = openMessage(b, start, end);
            if (fault != null) {
                return fault;
            }
        } else {
            envelope = Arrays.copyOfRange(b, start, end + Window.SLACK);
            envelopeEnd = end - start;
        }
        envelope[envelopeEnd] = 0;
        envelopeParser.clear();
        int first = JsonParser.space(envelope, 0);
        int next = envelopeParser.parse(envelope, first, envelopeEnd, 0);
        if (next < 0 || JsonParser.space(envelope, next) != envelopeEnd) {
            return Fault.WITHIN_TEXT;
        }
        int type = envelopeShape.columnNode[TYPE];
        if (envelopeParser.kinds[type] == JsonParser.STRING
                && Arrays.equals(
                        envelope, envelopeParser.froms[type], envelopeParser.tos[type], CONTROL, 0, CONTROL.length)) {
            position = 0;
            arrayEnd = 0;
            return null;
        }
        int events = envelopeShape.columnNode[EVENTS];
        byte kind = envelopeParser.kinds[events];
        if (kind != JsonParser.ARRAY && kind != JsonParser.EMPTY_ARRAY) {
            faultyPlace = place();
            return Fault.NO_EVENTS;
        }
        arrayStart = envelopeParser.froms[events];
        arrayEnd = KeyRoute.end(envelope, arrayStart);
        position = JsonParser.space(envelope, arrayStart + 1);
        return null;
    }

    String faultyPlace() {
        return faultyPlace;
    }

    /** How violations name an event. */
    String place() {
        return isMessage ? "/body/logEvents" : "/logEvents";
    }

    private @Nullable Fault openMessage(byte[] b, int start, int end) {
        faultyPlace = "/body";
        messageParser.clear();
        messageParser.parse(b, start, end, 0);
        int body = messageShape.columnNode[BODY];
        int from = messageParser.froms[body];
        int to = messageParser.tos[body];
        byte kind = messageParser.kinds[body];
        if (kind != JsonParser.STRING && kind != JsonParser.ESCAPED_STRING) {
            return Fault.WITHIN_TYPE;
        }
        before = Arrays.copyOfRange(b, start, from - 1);
        after = Arrays.copyOfRange(b, to + 1, end);
        byte[] unescaped = new byte[to - from + Window.SLACK];
        int size = JsonStrings.unescape(b, from, to, unescaped, 0);
        if (size == JsonStrings.LONE_SURROGATE) {
            return Fault.SURROGATE;
        }
        envelope = unescaped;
        envelopeEnd = size;
        return begins(unescaped, size) ? inflate(unescaped, size) : null;
    }

    private static boolean begins(byte[] b, int size) {
        return size >= GZIP.length && Arrays.equals(b, 0, GZIP.length, GZIP, 0, GZIP.length);
    }

    /** Takes base64 and gzip away, up to the longest record. */
    private @Nullable Fault inflate(byte[] base64, int size) {
        byte[] inflated = new byte[Math.min(longest, 4096) + Window.SLACK];
        int count = 0;
        try (GzipBytes gzip = GzipBytes.ofMembers(new RawBytes(
                new ByteArrayInputStream(Base64.getDecoder().decode(Arrays.copyOf(base64, size))), new byte[4096]))) {
            int read = 0;
            while (read >= 0 && count <= longest) {
                count += read;
                if (count + Window.SLACK >= inflated.length) {
                    inflated = Arrays.copyOf(inflated, inflated.length * 2);
                }
                read = gzip.read(inflated, count, inflated.length - count - Window.SLACK);
            }
            if (gzip.damage() != null) {
                return Fault.WITHIN_TEXT;
            }
        } catch (IOException | IllegalArgumentException e) {
            return Fault.WITHIN_TEXT;
        }
        if (count > longest) {
            faultyPlace = "";
            return Fault.TOO_LONG;
        }
        if (!Utf8.valid(inflated, 0, count)) {
            return Fault.UTF8;
        }
        envelope = inflated;
        envelopeEnd = count;
        return null;
    }

    /** Goes on to the next event; tells whether there is one. */
    boolean next() {
        if (position >= arrayEnd - 1) {
            return false;
        }
        eventStart = position;
        eventEnd = KeyRoute.end(envelope, eventStart);
        position = JsonParser.space(envelope, eventEnd);
        if (envelope[position] == ',') {
            position = JsonParser.space(envelope, position + 1);
        }
        int whole = before.length + envelopeEnd + after.length;
        if (text.length < whole + Window.SLACK) {
            text = new byte[whole + Window.SLACK];
        }
        length = 0;
        add(before, 0, before.length);
        add(envelope, 0, arrayStart);
        add(envelope, eventStart, eventEnd);
        add(envelope, arrayEnd, envelopeEnd);
        add(after, 0, after.length);
        text[length] = 0;
        return true;
    }

    private void add(byte[] b, int from, int to) {
        System.arraycopy(b, from, text, length, to - from);
        length += to - from;
    }

    boolean isObject() {
        return envelope[eventStart] == '{';
    }

    /** The event with what is around it, a 0 behind it. */
    byte[] text() {
        return text;
    }

    int length() {
        return length;
    }
}
