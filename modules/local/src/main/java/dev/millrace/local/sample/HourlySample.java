package dev.millrace.local.sample;

import dev.millrace.contract.LandingHour;
import dev.millrace.local.sample.Hours.Part;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Landings of a pipeline under Firehose keys, every hour: gzip, in every fifth hour in several members, in every seventh plain.
 * Two in a hundred records are copies, of this or the {@value SampleRecords#REACH_HOURS} hours up to it where the table has a
 * key, else of the record before; two in a hundred are bad. Fewer than {@value #ENOUGH} records an hour are all clean: one bad
 * record among a few would hold the hour.
 */
final class HourlySample {
    private static final int ENOUGH = 30;
    private static final int ONE_BAD_IN = 50;
    private static final int ONE_COPY_IN = 50;

    private final String pipeline;
    private final SampleRequest request;
    private final SampleRecords records;

    private HourlySample(String pipeline, SampleRequest request, SampleRecords records) {
        this.pipeline = pipeline;
        this.request = request;
        this.records = records;
    }

    static SampleCounts write(
            String pipeline, SampleRequest request, SampleRecords records, Consumer<SampleObject> consumer) {
        return Hours.write(request.hours(), new HourlySample(pipeline, request, records)::hour, consumer);
    }

    private enum Kind {
        ORIGINAL,
        COPY,
        BAD
    }

    private long before(int hour) {
        return Math.multiplyExact(request.rows(), (long) hour) / request.hours();
    }

    private long of(int hour) {
        return before(hour + 1) - before(hour);
    }

    private Kind kind(int hour, long index) {
        if (request.rows() / request.hours() < ENOUGH) {
            return Kind.ORIGINAL;
        }
        if ((index + hour) % ONE_BAD_IN == ONE_BAD_IN / 2) {
            return Kind.BAD;
        }
        return Draw.at(request.seed(), hour, index).oneIn(ONE_COPY_IN) ? Kind.COPY : Kind.ORIGINAL;
    }

    private List<Part> hour(int hour) {
        List<Part> parts = new ArrayList<>();
        long count = of(hour);
        int several = request.partsPerHour();
        for (int part = 0; part < several; part++) {
            long begin = count * part / several;
            long end = count * (part + 1) / several;
            if (begin < end) {
                parts.add(part(hour, part, begin, end));
            }
        }
        return parts;
    }

    private Part part(int hour, int part, long begin, long end) {
        boolean gzip = hour % 7 != 6;
        long memberLength = hour % 5 == 4 ? Math.max(1, (end - begin) / 3) : Long.MAX_VALUE;
        SampleRecords.Frame frame = records.frame(hour);
        CountsOfPart counts = new CountsOfPart();
        String former = "";
        try (ObjectBytes out = new ObjectBytes(gzip)) {
            out.put(bytes(frame.before()));
            for (long index = begin; index < end; index++) {
                out.record();
                if (index > begin) {
                    out.put(bytes(frame.between()));
                    if (gzip && (index - begin) % memberLength == 0) {
                        out.nextMember();
                    }
                    out.record();
                }
                former = put(out, counts, hour, index, former);
            }
            out.record();
            out.put(bytes(frame.after()));
            SampleObject object = new SampleObject(key(hour, part), out.finished());
            return new Part(object, counts.of(object));
        }
    }

    /** Gives the record that the next one may repeat. */
    private String put(ObjectBytes out, CountsOfPart counts, int hour, long index, String former) {
        Kind kind = kind(hour, index);
        String text;
        if (kind == Kind.BAD) {
            SampleRecords.Bad bad = records.bad(hour, index, (before(hour) + index) / ONE_BAD_IN);
            out.put(bytes(bad.text()));
            counts.quarantined(bad.reason());
            return "";
        }
        if (kind == Kind.COPY && records.hasKey()) {
            text = copied(hour, index);
            counts.duplicate();
        } else if (kind == Kind.COPY && !former.isEmpty()) {
            text = former;
            counts.repeat();
        } else {
            text = records.good(hour, index);
            counts.clean();
        }
        out.put(bytes(text));
        return text;
    }

    private String copied(int hour, long index) {
        Draw draw = Draw.at(request.seed(), hour, ~index);
        int source = Math.max(0, hour - draw.below(SampleRecords.REACH_HOURS + 1));
        long copied = Math.floorMod(draw.next(), of(source));
        while (kind(source, copied) != Kind.ORIGINAL) {
            copied = (copied + 1) % of(source);
        }
        return records.good(source, copied);
    }

    /** Latin-1 bytes of what is no text of its own; everything else is UTF-8. */
    private static byte[] bytes(String text) {
        return text.indexOf(NOT_UTF8) < 0
                ? text.getBytes(StandardCharsets.UTF_8)
                : text.replace(NOT_UTF8, '\u00e9').getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Stands for a byte that no UTF-8 text has, in a record that is ASCII otherwise. */
    static final char NOT_UTF8 = '\ue000';

    private String key(int hour, int part) {
        String dashed = request.from().plus(hour).dashed();
        Draw draw = Draw.at(request.seed(), hour, Long.MAX_VALUE - part);
        return String.format(
                Locale.ROOT,
                "%s/%s/%s-1-%s-00-00-%s.gz",
                pipeline,
                dashed.replace('-', '/'),
                pipeline,
                dashed,
                new UUID(draw.next(), draw.next()));
    }

    /** A random id as clients draw them. */
    static String uuid(Draw draw) {
        // Version 4, variant 2.
        return new UUID((draw.next() & ~0xF000L) | 0x4000L, (draw.next() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L)
                .toString();
    }

    /** A time within an hour, {@code yyyy-MM-dd HH:mm:ss}. */
    static String second(LandingHour hour, int second) {
        return hour.toString().replace('T', ' ') + String.format(Locale.ROOT, ":%02d:%02d", second / 60, second % 60);
    }
}
