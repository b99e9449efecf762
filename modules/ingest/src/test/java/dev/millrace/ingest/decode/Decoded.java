package dev.millrace.ingest.decode;

import dev.millrace.contract.FieldType;
import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import dev.millrace.lake.Row;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.zip.GZIPOutputStream;

/** All that a decoder said of an object, as text. */
final class Decoded implements RecordSink {
    static final LandingHour HOUR = LandingHour.of("2026-01-05T03");

    private final SourceTable table;
    private final List<String> records = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();
    private long expected = 1;

    private Decoded(SourceTable table) {
        this.table = table;
    }

    static Decoded of(TestTable table, String object) {
        return of(table, object.getBytes(StandardCharsets.UTF_8));
    }

    static Decoded of(TestTable table, byte[] object) {
        SourceTable built = table.table();
        return of(ObjectDecoder.of(built), built, new ByteArrayInputStream(object));
    }

    static Decoded of(ObjectDecoder decoder, SourceTable table, InputStream object) {
        Decoded decoded = new Decoded(table);
        try {
            long count = decoder.decode(object, HOUR, decoded);
            if (count != decoded.records.size()) {
                throw new AssertionError("counted " + count + " of " + decoded.records.size());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return decoded;
    }

    /** Rows as {@code [a, b]}; violations as {@code reason pointer 'payload' bytes}. */
    List<String> records() {
        return records;
    }

    List<Violation> violations() {
        return violations;
    }

    /** Records with the details of violations, to compare all that there is. */
    List<String> everything() {
        List<String> all = new ArrayList<>(records);
        violations.forEach(violation -> all.add(violation.detail()));
        return all;
    }

    @Override
    public void row(long record, Row row) {
        number(record);
        StringJoiner text = new StringJoiner(", ", "[", "]");
        for (int column = 0; column < table.sourceColumns().size(); column++) {
            text.add(row.isNull(column) ? "null" : value(row, column));
        }
        records.add(text.toString());
    }

    private String value(Row row, int column) {
        FieldType type = table.sourceColumns().get(column).type();
        if (type instanceof FieldType.Text) {
            return new String(
                    row.textBytes(column), row.textStart(column), row.textLength(column), StandardCharsets.UTF_8);
        }
        long number = row.number(column);
        if (type instanceof FieldType.Decimal decimal) {
            return BigDecimal.valueOf(number, decimal.scale()).toPlainString();
        } else if (type instanceof FieldType.Float64) {
            return Double.toString(Double.longBitsToDouble(number));
        } else if (type instanceof FieldType.Date) {
            return LocalDate.ofEpochDay(number).toString();
        } else if (type instanceof FieldType.Timestamp) {
            return Instant.EPOCH.plus(number, ChronoUnit.MICROS).toString();
        } else if (type instanceof FieldType.Bool) {
            return number == 1 ? "true" : "false";
        }
        return Long.toString(number);
    }

    @Override
    public void violation(Violation violation) {
        number(violation.record());
        violations.add(violation);
        String payload = new String(violation.payload(), StandardCharsets.ISO_8859_1);
        records.add(violation.reason().label() + " " + violation.pointer() + " '" + payload + "' " + violation.bytes());
    }

    private void number(long record) {
        boolean shares = table.format() instanceof SourceTable.RecordFormat.Json json
                && json.routing().isPresent();
        if (shares ? record < expected : record != expected) {
            throw new AssertionError("record " + record + " instead of " + expected);
        }
        expected = record + 1;
    }

    static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
