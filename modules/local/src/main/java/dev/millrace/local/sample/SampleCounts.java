package dev.millrace.local.sample;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a sample holds, and so what must come out.
 *
 * @param bytes of the objects as they land
 * @param landed records, as the rule book counts them
 * @param clean of these, the duplicates included
 * @param duplicates clean records that repeat an earlier one's key within the window
 * @param repeats clean records that repeat another of their object to the letter, and count for themselves
 * @param quarantined by reason
 */
public record SampleCounts(
        long objects,
        long bytes,
        long landed,
        long clean,
        long duplicates,
        long repeats,
        SortedMap<String, Long> quarantined) {

    static final SampleCounts NONE = new SampleCounts(0, 0, 0, 0, 0, 0, new TreeMap<>());

    public SampleCounts {
        quarantined = Collections.unmodifiableSortedMap(new TreeMap<>(requireNonNull(quarantined, "quarantined")));
        long bad = quarantined.values().stream().mapToLong(Long::longValue).sum();
        if (landed != clean + bad) {
            throw new IllegalArgumentException(
                    "landed " + landed + " is not clean " + clean + " and quarantined " + bad);
        }
    }

    /** Rows of the base model. */
    public long base() {
        return clean - duplicates;
    }

    SampleCounts plus(SampleCounts other) {
        SortedMap<String, Long> reasons = new TreeMap<>(quarantined);
        other.quarantined.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
        return new SampleCounts(
                objects + other.objects,
                bytes + other.bytes,
                landed + other.landed,
                clean + other.clean,
                duplicates + other.duplicates,
                repeats + other.repeats,
                reasons);
    }

    public String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("objects", objects);
            json.writeNumberField("bytes", bytes);
            json.writeNumberField("landed", landed);
            json.writeNumberField("clean", clean);
            json.writeNumberField("duplicates", duplicates);
            json.writeNumberField("repeats", repeats);
            json.writeNumberField("base", base());
            json.writeObjectFieldStart("quarantined");
            for (Map.Entry<String, Long> reason : quarantined.entrySet()) {
                json.writeNumberField(reason.getKey(), reason.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT, "%,d records in %,d objects, %.1f MB%n", landed, objects, bytes / 1_000_000.0));
        line(text, "clean", clean);
        if (duplicates > 0) {
            line(text, "  duplicates by key", duplicates);
        }
        if (repeats > 0) {
            line(text, "  repeats, kept", repeats);
        }
        line(text, "  base rows", base());
        line(text, "quarantined", landed - clean);
        quarantined.forEach((reason, count) -> line(text, "  " + reason, count));
        return text.toString();
    }

    private static void line(StringBuilder text, String what, long count) {
        text.append(String.format(Locale.ROOT, "  %-24s %,12d%n", what, count));
    }
}
