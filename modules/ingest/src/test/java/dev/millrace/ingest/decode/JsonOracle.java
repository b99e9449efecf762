package dev.millrace.ingest.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of JSON records once more: plainly, over Jackson's tokens, for one fixed table. */
final class JsonOracle {
    private static final Pattern ISO = Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\d)(?:[Tt ](\\d\\d:\\d\\d)(?::(\\d\\d)(?:\\.(\\d{1,9}))?)?(Z|z| UTC|[+-]\\d\\d(?::?\\d\\d)?)?)?");
    private static final JsonFactory JACKSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(256)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    static final int LONGEST = 600;

    static final TestTable TABLE = TestTable.json()
            .required("id", TestTable.TEXT)
            .with("at", TestTable.TIME, TestTable.ISO)
            .with("n", TestTable.BIGINT)
            .with("d", TestTable.numeric(9, 3))
            .with("f", TestTable.DOUBLE)
            .with("ok", TestTable.BOOLEAN)
            .at("/user/country", "country", TestTable.varchar(3))
            .nonEmptyWithin("/user/token", "/purposes/enabled", "has")
            .within("/user/token", "/v", "v", TestTable.TEXT)
            .nonEmpty("/user", "user")
            .maxRecordBytes(LONGEST);

    /** The same columns, read from the bodies of messages. */
    static final TestTable MESSAGES = TestTable.messages()
            .required("id", TestTable.TEXT)
            .at("/body/at", "at", TestTable.TIME, TestTable.ISO)
            .at("/body/n", "n", TestTable.BIGINT)
            .at("/body/d", "d", TestTable.numeric(9, 3))
            .at("/body/f", "f", TestTable.DOUBLE)
            .at("/body/ok", "ok", TestTable.BOOLEAN)
            .at("/body/user/country", "country", TestTable.varchar(3))
            .nonEmptyWithin("/body/user/token", "/purposes/enabled", "has")
            .within("/body/user/token", "/v", "v", TestTable.TEXT)
            .nonEmpty("/body/user", "user")
            .maxRecordBytes(LONGEST);

    private record Num(String text) {}

    /** Stands for JSON's null. */
    private enum Nothing {
        NULL
    }

    /** A column's fault, as {@code reason pointer}. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private Refused(String what) {
            super(what, null, false, false);
        }
    }

    private JsonOracle() {}

    static List<String> records(byte[] object) {
        return records(object, false);
    }

    /** The records of an object of messages, or of records without an envelope. */
    static List<String> records(byte[] object, boolean messages) {
        List<String> records = new ArrayList<>();
        String bytes = new String(object, StandardCharsets.ISO_8859_1);
        int p = bytes.startsWith("\u00ef\u00bb\u00bf") ? 3 : 0;
        while (true) {
            while (p < bytes.length() && " \t\r\n,[]".indexOf(bytes.charAt(p)) >= 0) {
                p++;
            }
            if (p == bytes.length()) {
                return records;
            }
            int seen = Math.min(bytes.length() - p, LONGEST);
            int length = bytes.charAt(p) == '{' ? objectLength(bytes.substring(p, p + seen)) : MALFORMED;
            String reason = "malformed ";
            if (length < 0) {
                boolean tooLong = length == UNFINISHED && bytes.length() - p > LONGEST;
                length = extent(bytes, p) - p;
                reason = tooLong || length > LONGEST ? "too-long " : reason;
            } else {
                String row = row(object, p, p + length, messages);
                if (row.startsWith("[")) {
                    records.add(row);
                    p += length;
                    continue;
                }
                reason = row;
            }
            records.add(reason + " '" + bytes.substring(p, p + length) + "' " + length);
            p += length;
        }
    }

    private static final int MALFORMED = -1;
    private static final int UNFINISHED = -2;

    private static int objectLength(String text) {
        try (JsonParser parser = JACKSON.createParser(text)) {
            parser.nextToken();
            parser.skipChildren();
            if (parser.currentToken() == null || parser.currentToken() != JsonToken.END_OBJECT) {
                return UNFINISHED;
            }
            return (int) parser.currentLocation().getCharOffset();
        } catch (com.fasterxml.jackson.core.io.JsonEOFException e) {
            return UNFINISHED;
        } catch (IOException e) {
            // Jackson looks for the end of a word or number past its last byte; whether it was the end tells it all.
            return isPrefix(text) ? UNFINISHED : MALFORMED;
        }
    }

    /** Whether some continuation of the text is well formed: only then can a record be unfinished. */
    private static boolean isPrefix(String text) {
        if (text.length() < LONGEST) {
            return false;
        }
        for (String end : List.of(
                "0", "e0", "ue", "rue", "lse", "alse", "se", "ull", "ll", "l", "e", "0000\"", "000\"", "00\"", "0\"",
                "n\"")) {
            String longer = text + end;
            try (JsonParser parser = JACKSON.createParser(longer)) {
                parser.nextToken();
                parser.skipChildren();
                return true;
            } catch (com.fasterxml.jackson.core.io.JsonEOFException e) {
                return true;
            } catch (IOException e) {
                // Another continuation may do.
            }
        }
        return false;
    }

    private static int extent(String bytes, int from) {
        int line = bytes.indexOf('\n', from);
        int braces = bytes.indexOf("}{", from);
        int end = line < 0 ? bytes.length() : line;
        return braces >= 0 && braces + 1 < end ? braces + 1 : end;
    }

    private static String row(byte[] object, int from, int to, boolean message) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(object, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            return "invalid-utf8 ";
        }
        try {
            Object record = tree(text);
            Object root = message ? body(at(record, "body")) : record;
            Object token = at(root, "user", "token");
            Object inner = Nothing.NULL;
            String innerFault = "";
            if (token instanceof String string) {
                if (paired(string)) {
                    try {
                        inner = tree(string);
                    } catch (IOException e) {
                        innerFault = "malformed-text /user/token";
                    }
                } else {
                    innerFault = "invalid-utf8 /user/token";
                }
            } else if (token != Nothing.NULL) {
                innerFault = "wrong-type /user/token";
            }
            Object[] taken = {
                at(message ? record : root, "id"),
                at(root, "at"),
                at(root, "n"),
                at(root, "d"),
                at(root, "f"),
                at(root, "ok"),
                at(root, "user", "country"),
                at(inner, "purposes", "enabled"),
                at(inner, "v"),
                at(root, "user")
            };
            return columns(taken, innerFault);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (Refused e) {
            String refusal = String.valueOf(e.getMessage());
            boolean inBody = message && !refusal.endsWith(" /id") && !refusal.endsWith(" /body");
            return inBody ? refusal.replace(" /", " /body/") : refusal;
        }
    }

    private static Object body(Object body) throws Refused {
        if (!(body instanceof String text)) {
            throw new Refused("wrong-type /body");
        } else if (!paired(text)) {
            throw new Refused("invalid-utf8 /body");
        } else {
            try {
                return tree(text);
            } catch (IOException e) {
                throw new Refused("malformed-text /body");
            }
        }
    }

    private static String columns(Object[] taken, String innerFault) throws Refused {
        List<String> values = new ArrayList<>();
        if (taken[0] == Nothing.NULL) {
            throw new Refused("missing /id");
        }
        values.add(text(taken[0], "/id", Integer.MAX_VALUE));
        values.add(time(taken[1]));
        values.add(whole(taken[2]));
        values.add(decimal(taken[3]));
        values.add(real(taken[4]));
        if (taken[5] != Nothing.NULL && !(taken[5] instanceof Boolean)) {
            throw new Refused("wrong-type /ok");
        }
        values.add(taken[5] == Nothing.NULL ? "null" : taken[5].toString());
        values.add(text(taken[6], "/user/country", 3));
        if (!innerFault.isEmpty()) {
            throw new Refused(innerFault);
        }
        values.add(filled(taken[7], "/user/token"));
        values.add(text(taken[8], "/user/token", Integer.MAX_VALUE));
        values.add(filled(taken[9], "/user"));
        return values.toString();
    }

    private static String text(Object value, String place, int most) throws Refused {
        if (value == Nothing.NULL) {
            return "null";
        } else if (!(value instanceof String)) {
            throw new Refused("wrong-type " + place);
        }
        String text = (String) value;
        if (!paired(text)) {
            throw new Refused("invalid-utf8 " + place);
        }
        if (text.indexOf('\0') >= 0) {
            throw new Refused("nul " + place);
        } else if (text.codePointCount(0, text.length()) > most) {
            throw new Refused("out-of-range " + place);
        }
        return text;
    }

    private static String filled(Object value, String place) throws Refused {
        if (value instanceof Map<?, ?> map) {
            return String.valueOf(!map.isEmpty());
        } else if (value instanceof List<?> list) {
            return String.valueOf(!list.isEmpty());
        } else if (value instanceof String string) {
            return String.valueOf(!string.isEmpty());
        } else if (value == Nothing.NULL) {
            return "false";
        }
        throw new Refused("wrong-type " + place);
    }

    private static String whole(Object value) throws Refused {
        if (value == Nothing.NULL) {
            return "null";
        } else if (!(value instanceof Num num) || !num.text.matches("-?\\d+")) {
            throw new Refused("wrong-type /n");
        } else if (new BigInteger(num.text).bitLength() > 63) {
            throw new Refused("out-of-range /n");
        } else {
            return new BigInteger(num.text).toString();
        }
    }

    private static String decimal(Object value) throws Refused {
        if (value == Nothing.NULL) {
            return "null";
        } else if (!(value instanceof Num num)) {
            throw new Refused("wrong-type /d");
        } else if (num.text.replaceAll("[eE].*", "").matches("[-0.]*")) {
            return "0.000";
        } else {
            try {
                BigDecimal exact = new BigDecimal(num.text).stripTrailingZeros();
                if (exact.scale() <= 3 && (long) exact.precision() - exact.scale() <= 6) {
                    return exact.setScale(3).toPlainString();
                }
            } catch (NumberFormatException | ArithmeticException e) {
                // An exponent past 32 bits is out of range as well.
            }
            throw new Refused("out-of-range /d");
        }
    }

    private static String real(Object value) throws Refused {
        if (value == Nothing.NULL) {
            return "null";
        } else if (!(value instanceof Num num)) {
            throw new Refused("wrong-type /f");
        } else {
            double real = Double.parseDouble(num.text);
            if (Double.isInfinite(real)) {
                throw new Refused("out-of-range /f");
            }
            return Double.toString(real == 0 ? 0 : real);
        }
    }

    private static String time(Object value) throws Refused {
        if (value instanceof String string && !paired(string)) {
            throw new Refused("invalid-utf8 /at");
        }
        if (value == Nothing.NULL) {
            return "null";
        } else if (!(value instanceof String)) {
            throw new Refused("wrong-type /at");
        }
        Matcher matcher = ISO.matcher((String) value);
        if (!matcher.matches()) {
            throw new Refused("invalid-time /at");
        }
        try {
            String clock = matcher.group(2) == null ? "00:00" : matcher.group(2);
            String second = matcher.group(3) == null ? "00" : matcher.group(3);
            String fraction = matcher.group(4) == null ? "0" : matcher.group(4);
            String zone = matcher.group(5) == null || matcher.group(5).matches("[Zz]| UTC") ? "+00" : matcher.group(5);
            LocalDateTime local = LocalDateTime.parse(matcher.group(1) + "T" + clock + ":" + second);
            ZoneOffset offset = ZoneOffset.of(zone);
            String micros = fraction.substring(0, Math.min(6, fraction.length()));
            Instant instant = local.toInstant(offset)
                    .plusNanos(1000L * Integer.parseInt(micros + "0".repeat(6 - micros.length())));
            int year = instant.atOffset(ZoneOffset.UTC).getYear();
            if (local.getYear() < 1 || year < 1 || year > 9999) {
                throw new Refused("invalid-time /at");
            }
            return instant.toString();
        } catch (DateTimeException e) {
            throw new Refused("invalid-time /at");
        }
    }

    private static boolean paired(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static Object at(Object root, String... path) {
        Object value = root;
        for (String name : path) {
            Object next = value instanceof Map<?, ?> map ? map.get(name) : null;
            value = next == null ? Nothing.NULL : next;
        }
        return value;
    }

    private static Object tree(String text) throws IOException {
        try (JsonParser parser = JACKSON.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new IOException("no value");
            }
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new IOException("more than one value");
            }
            return value;
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        @Nullable JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, Object> map = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                map.put(name, value(parser));
            }
            return map;
        } else if (token == JsonToken.START_ARRAY) {
            List<Object> list = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                list.add(value(parser));
            }
            return list;
        } else if (token == JsonToken.VALUE_STRING) {
            return parser.getText();
        } else if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return token == JsonToken.VALUE_TRUE;
        }
        return token == JsonToken.VALUE_NULL ? Nothing.NULL : new Num(parser.getText());
    }
}
