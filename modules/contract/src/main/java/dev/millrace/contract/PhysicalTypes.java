package dev.millrace.contract;

import dev.millrace.contract.written.At;
import dev.millrace.contract.written.Problems;
import dev.millrace.contract.written.Suggestion;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a contract writes the types of columns. */
final class PhysicalTypes {
    static final String ALLOWED =
            "text, varchar(n), boolean, integer, bigint, numeric(p,s), double precision, date, timestamptz";

    /** The longest text that Postgres can be told to limit. */
    private static final int LONGEST = 10_485_760;

    private static final Map<String, FieldType> PLAIN = Map.of(
            "text", new FieldType.Text(OptionalInt.empty()),
            "boolean", new FieldType.Bool(),
            "integer", new FieldType.Int32(),
            "bigint", new FieldType.Int64(),
            "double precision", new FieldType.Float64(),
            "date", new FieldType.Date(),
            "timestamptz", new FieldType.Timestamp());
    private static final Map<String, String> OTHER_NAMES = Map.ofEntries(
            Map.entry("string", "text"),
            Map.entry("varchar", "text"),
            Map.entry("uuid", "text"),
            Map.entry("json", "text"),
            Map.entry("jsonb", "text"),
            Map.entry("bool", "boolean"),
            Map.entry("int", "integer"),
            Map.entry("int4", "integer"),
            Map.entry("smallint", "integer"),
            Map.entry("long", "bigint"),
            Map.entry("int8", "bigint"),
            Map.entry("decimal", "numeric(p,s)"),
            Map.entry("number", "numeric(p,s)"),
            Map.entry("numeric", "numeric(p,s)"),
            Map.entry("double", "double precision"),
            Map.entry("float", "double precision"),
            Map.entry("float8", "double precision"),
            Map.entry("real", "double precision"),
            Map.entry("timestamp", "timestamptz"),
            Map.entry("datetime", "timestamptz"));
    private static final Pattern VARCHAR = Pattern.compile("varchar\\( ?([0-9]{1,9}) ?\\)");
    private static final Pattern NUMERIC = Pattern.compile("numeric\\( ?([0-9]{1,4}) ?, ?([0-9]{1,4}) ?\\)");

    private PhysicalTypes() {}

    static Optional<FieldType> read(At<String> written, Problems problems) {
        String text = written.value();
        Matcher varchar = VARCHAR.matcher(text);
        Matcher numeric = NUMERIC.matcher(text);
        if (PLAIN.containsKey(text)) {
            return Optional.ofNullable(PLAIN.get(text));
        }
        if (varchar.matches()) {
            int length = Integer.parseInt(varchar.group(1));
            if (length >= 1 && length <= LONGEST) {
                return Optional.of(new FieldType.Text(OptionalInt.of(length)));
            }
            problems.add(written.place(), "varchar(n) takes an n from 1 to " + LONGEST + ", not " + length);
            return Optional.empty();
        }
        if (numeric.matches()) {
            int precision = Integer.parseInt(numeric.group(1));
            int scale = Integer.parseInt(numeric.group(2));
            if (precision >= 1 && precision <= FieldType.Decimal.MAX_PRECISION && scale <= precision) {
                return Optional.of(new FieldType.Decimal(precision, scale));
            }
            problems.add(
                    written.place(),
                    "numeric(p,s) takes at most " + FieldType.Decimal.MAX_PRECISION
                            + " digits in all, p, and s of them as fraction, 0 <= s <= p, not '" + text + "'");
            return Optional.empty();
        }
        String other = OTHER_NAMES.get(text);
        problems.add(
                written.place(),
                "'" + text + "' is no type; allowed: " + ALLOWED
                        + (other == null
                                ? Suggestion.forWord(text, PLAIN.keySet())
                                : "; did you mean '" + other + "'?"));
        return Optional.empty();
    }

    /** What the standard calls the kind of such a value. */
    static String logicalType(FieldType type) {
        if (type instanceof FieldType.Text) {
            return "string";
        }
        if (type instanceof FieldType.Bool) {
            return "boolean";
        }
        if (type instanceof FieldType.Int32 || type instanceof FieldType.Int64) {
            return "integer";
        }
        if (type instanceof FieldType.Decimal || type instanceof FieldType.Float64) {
            return "number";
        }
        return type instanceof FieldType.Date ? "date" : "timestamp";
    }
}
