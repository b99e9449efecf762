package dev.millrace.local.sample;

import static dev.millrace.local.sample.ConsentEvents.ascii;

import dev.millrace.contract.LandingHour;
import dev.millrace.local.sample.Hours.Part;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Landings of the pipeline {@code consents}: JSON lines under {@code events/datehour=…/}. Two in a hundred events are copies of
 * another one of this or the two former hours; two in a hundred are bad, in all the ways there are. Every third hour is
 * written without line feeds, every fifth in several gzip members, every seventh plain; no object ends with a line feed. In
 * every tenth hour the last object is cut off. Fewer than {@value #ENOUGH} records an hour are all clean: one bad record among
 * a few would hold the hour.
 */
public final class ConsentSample {
    private static final int ENOUGH = 30;
    private static final int ENOUGH_TO_CUT = 200;
    private static final int ONE_BAD_IN = 50;
    private static final int REACH_HOURS = 3;
    private static final String[] BAD = {
        "malformed",
        "cut",
        "invalid-utf8",
        "wrong-type",
        "malformed-text",
        "missing",
        "invalid-time",
        "nul",
        "not-an-object",
        "not-a-text"
    };
    private static final byte[] CUT_OFF =
            ascii("{\"id\":\"never-arrived\",\"datetime\":\"2026-01-05 03:00:00\",\"user\":{");
    private static final byte[] PADDING = ascii("\"id\":\"0a1b2c3d4e5f67890718293a4b5c6d7e\",\"country\":\"FR\"}}");

    private final SampleRequest request;
    private final ConsentEvents events;
    private final int duplicatesIn;
    private final boolean clean;

    private ConsentSample(SampleRequest request, int duplicatesIn, boolean clean) {
        this.request = request;
        int users = (int) Math.max(1, Math.min(5_000_000, request.rows() / 5));
        this.events = new ConsentEvents(request.seed(), request.from(), users, clean);
        this.duplicatesIn = duplicatesIn;
        this.clean = clean;
    }

    public static SampleCounts write(SampleRequest request, Consumer<SampleObject> consumer) {
        ConsentSample sample = new ConsentSample(request, 50, false);
        return Hours.write(request.hours(), sample::hour, consumer);
    }

    /** Nothing but clean events in line-feed separated gzip objects, one in a hundred a copy. */
    static SampleCounts writeClean(SampleRequest request, Consumer<SampleObject> consumer) {
        ConsentSample sample = new ConsentSample(request, 100, true);
        return Hours.write(request.hours(), sample::hour, consumer);
    }

    private enum Kind {
        ORIGINAL,
        COPY,
        BAD
    }

    private long eventsBefore(int hour) {
        return Math.multiplyExact(request.rows(), (long) hour) / request.hours();
    }

    private long eventsOf(int hour) {
        return eventsBefore(hour + 1) - eventsBefore(hour);
    }

    private Kind kind(int hour, long index) {
        if (request.rows() / request.hours() < ENOUGH) {
            return Kind.ORIGINAL;
        }
        if (!clean && (index + hour) % ONE_BAD_IN == ONE_BAD_IN / 2) {
            return Kind.BAD;
        }
        return events.draw(hour, index).oneIn(duplicatesIn) ? Kind.COPY : Kind.ORIGINAL;
    }

    private List<Part> hour(int hour) {
        List<Part> parts = new ArrayList<>();
        long count = eventsOf(hour);
        int several = request.partsPerHour();
        for (int part = 0; part < several; part++) {
            long begin = count * part / several;
            long end = count * (part + 1) / several;
            if (begin < end) {
                parts.add(part(hour, part, begin, end, count));
            }
        }
        return parts;
    }

    private Part part(int hour, int part, long begin, long end, long count) {
        boolean gzip = clean || hour % 7 != 6;
        boolean lines = clean || hour % 3 != 2;
        long memberLength = !clean && hour % 5 == 4 ? Math.max(1, (end - begin) / 3) : Long.MAX_VALUE;
        CountsOfPart counts = new CountsOfPart();
        try (ObjectBytes out = new ObjectBytes(gzip)) {
            for (long index = begin; index < end; index++) {
                out.record();
                if (index > begin) {
                    if (lines) {
                        out.put('\n');
                    }
                    if (gzip && (index - begin) % memberLength == 0) {
                        out.nextMember();
                    }
                    out.record();
                }
                record(out, counts, hour, index, lines);
            }
            boolean cut = !clean && gzip && end == count && hour % 10 == 9 && count >= ENOUGH_TO_CUT;
            byte[] bytes;
            if (cut) {
                bytes = cutOff(out, lines);
                counts.quarantined("damaged-compression");
            } else {
                bytes = out.finished();
            }
            SampleObject object = new SampleObject(key(hour, part, gzip), bytes);
            return new Part(object, counts.of(object));
        }
    }

    private static byte[] cutOff(ObjectBytes out, boolean lines) {
        out.record();
        if (lines) {
            out.put('\n');
        }
        out.nextMember();
        int start = out.position() - 10;
        out.put(CUT_OFF);
        out.put(PADDING);
        return out.finishedCutOff(start);
    }

    private void record(ObjectBytes out, CountsOfPart counts, int hour, long index, boolean lines) {
        switch (kind(hour, index)) {
            case ORIGINAL -> {
                events.put(out, hour, index);
                counts.clean();
            }
            case COPY -> {
                putCopy(out, hour, index);
                counts.duplicate();
            }
            case BAD -> counts.quarantined(putBad(out, hour, index, lines));
        }
    }

    private void putCopy(ObjectBytes out, int hour, long index) {
        Draw draw = events.draw(hour, ~index);
        int source = Math.max(0, hour - draw.below(REACH_HOURS));
        long count = eventsOf(source);
        long copied = Math.floorMod(draw.next(), count);
        while (kind(source, copied) != Kind.ORIGINAL) {
            copied = (copied + 1) % count;
        }
        events.put(out, source, copied);
    }

    /** Gives the reason. */
    private String putBad(ObjectBytes out, int hour, long index, boolean lines) {
        events.put(out, hour, index);
        byte[] good = out.recordBytes();
        // The ways of being bad take turns, so that a small sample has many of them.
        String way = BAD[(int) ((eventsBefore(hour) + index) / ONE_BAD_IN % BAD.length)];
        if (way.equals("not-an-object") && !lines) {
            // Without a line feed to end it, it would take its neighbour with it.
            way = "malformed";
        }
        switch (way) {
            case "cut" -> {
                if (lines) {
                    out.cutRecord(20 + events.draw(hour, index).below(good.length - 30));
                } else {
                    // The same holds here.
                    out.cutRecord(good.length - 2);
                    out.put(ascii(",}}"));
                }
                return "malformed";
            }
            case "malformed" -> out.cutRecord(good.length - 1);
            default -> out.cutRecord(0);
        }
        switch (way) {
            case "malformed" -> out.put(ascii(",\"sdk\":}"));
            case "invalid-utf8" -> {
                String text = latin(good);
                int at = text.indexOf("domain-");
                out.put(ascii(text.substring(0, at)));
                out.put(0xe9);
                out.put(ascii(text.substring(at)));
            }
            case "wrong-type" -> out.put(ascii(latin(good).replaceFirst("\"type\":\"[a-z.]*\"", "\"type\":17")));
            case "malformed-text" -> out.put(ascii(latin(good).replace("\\\"vendors\\\":{", "\\\"vendors\\\"=")));
            case "missing" -> out.put(ascii(latin(good).replaceFirst("\"id\":\"[0-9a-f-]*\"", "\"id\":null")));
            case "invalid-time" ->
                out.put(ascii(latin(good).replaceFirst("\"datetime\":\"[0-9-]* ", "\"datetime\":\"2023-02-30 ")));
            case "nul" ->
                out.put(ascii(latin(good)
                        .replaceFirst("\"domain\":\"www", "\"domain\":\"w\\\\u0000w")
                        .replaceFirst("\"domain\":\"(news|shop)", "\"domain\":\"n\\\\u0000")));
            case "not-an-object" -> {
                out.put(ascii("[\"" + hour + "\"," + index + "]"));
                return "malformed";
            }
            case "not-a-text" -> {
                out.put(ascii(latin(good).replaceFirst("\"token\":\".*\"\\}", "\"token\":{}}")));
                return "wrong-type";
            }
            default -> throw new IllegalStateException(way);
        }
        return way;
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private String key(int hour, int part, boolean gzip) {
        LandingHour landed = request.from().plus(hour);
        Draw draw = Draw.at(request.seed(), hour, Long.MAX_VALUE - part);
        String name = String.format("part-%05d-%s-c000", part, new UUID(draw.next(), draw.next()));
        return "events/datehour=" + landed.dashed() + "/" + name + (gzip ? ".json.gz" : ".json");
    }
}
