package dev.millrace.ingest.decode;

import dev.millrace.contract.TimeFormat;
import java.nio.charset.StandardCharsets;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A time format written as letters and literal text, compiled. One instance serves one thread. */
final class TimePattern {
    private static final Pattern PARTS = Pattern.compile("([yMdHhmsa])\\1*|[^yMdHhmsa]+");

    private static final int YEAR = 0;
    private static final int MONTH = 1;
    private static final int DAY = 2;
    private static final int HOUR = 3;
    private static final int MINUTE = 4;
    private static final int SECOND = 5;
    private static final int HALF = 6;

    private enum Shape {
        LITERAL,
        EXACT,
        OPEN,
        MONTH_NAME,
        HALF_OF_DAY
    }

    private record Part(Shape shape, int field, int digits, byte[] literal) {}

    private final Part[] parts;
    private final int[][] monthNames;
    private final boolean twelveHours;
    private final int[] values = new int[7];

    private TimePattern(List<Part> parts, int[][] monthNames) {
        this.parts = parts.toArray(Part[]::new);
        this.monthNames = monthNames;
        this.twelveHours = parts.stream().anyMatch(part -> part.shape == Shape.HALF_OF_DAY);
    }

    static TimePattern of(TimeFormat.Pattern format) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = PARTS.matcher(format.pattern());
        while (matcher.find()) {
            parts.add(part(matcher.group()));
        }
        int[][] names = new int[12][];
        for (int month = 1; month <= 12; month++) {
            String name = Month.of(month).getDisplayName(TextStyle.FULL, format.locale());
            names[month - 1] = name.codePoints().map(TimePattern::folded).toArray();
        }
        return new TimePattern(parts, names);
    }

    private static Part part(String text) {
        return switch (text) {
            case "yyyy" -> digits(YEAR, 4);
            case "MM" -> digits(MONTH, 2);
            case "M" -> digits(MONTH, 1);
            case "MMMM" -> new Part(Shape.MONTH_NAME, MONTH, 0, new byte[0]);
            case "dd" -> digits(DAY, 2);
            case "d" -> digits(DAY, 1);
            case "HH", "hh" -> digits(HOUR, 2);
            case "H", "h" -> digits(HOUR, 1);
            case "mm" -> digits(MINUTE, 2);
            case "ss" -> digits(SECOND, 2);
            case "a" -> new Part(Shape.HALF_OF_DAY, HALF, 0, new byte[0]);
            default -> {
                if ("yMdHhmsa".indexOf(text.charAt(0)) >= 0) {
                    throw new IllegalArgumentException("'" + text + "' means nothing in a time format");
                }
                yield new Part(Shape.LITERAL, 0, 0, text.getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    private static Part digits(int field, int digits) {
        return new Part(digits == 1 ? Shape.OPEN : Shape.EXACT, field, digits, new byte[0]);
    }

    /** Microseconds since 1970, {@link Times#NO_FIT} or {@link Times#NO_SUCH}. */
    long parse(byte[] b, int from, int to) {
        Arrays.fill(values, 0);
        if (!fits(0, b, from, to)) {
            return Times.NO_FIT;
        }
        int hour = values[HOUR];
        if (twelveHours) {
            if (hour < 1 || hour > 12) {
                return Times.NO_SUCH;
            }
            hour = hour % 12 + values[HALF];
        }
        long day = Times.day(values[YEAR], values[MONTH], values[DAY]);
        return Times.instant(day, hour, values[MINUTE], values[SECOND], 0, 0);
    }

    private boolean fits(int index, byte[] b, int p, int to) {
        if (index == parts.length) {
            return p == to;
        }
        Part part = parts[index];
        return switch (part.shape) {
            case LITERAL -> {
                byte[] literal = part.literal;
                yield to - p >= literal.length
                        && Arrays.equals(b, p, p + literal.length, literal, 0, literal.length)
                        && fits(index + 1, b, p + literal.length, to);
            }
            case EXACT -> number(part, part.digits, index, b, p, to);
            case OPEN -> number(part, 2, index, b, p, to) || number(part, 1, index, b, p, to);
            case MONTH_NAME -> month(index, b, p, to);
            case HALF_OF_DAY -> {
                if (to - p < 2 || (b[p + 1] | 0x20) != 'm') {
                    yield false;
                }
                int letter = b[p] | 0x20;
                values[HALF] = letter == 'p' ? 12 : 0;
                yield (letter == 'a' || letter == 'p') && fits(index + 1, b, p + 2, to);
            }
        };
    }

    private boolean number(Part part, int digits, int index, byte[] b, int p, int to) {
        if (to - p < digits) {
            return false;
        }
        int value = digits == 4 ? Times.four(b, p) : digits == 2 ? Times.two(b, p) : one(b, p);
        if (value < 0 || !fits(index + 1, b, p + digits, to)) {
            return false;
        }
        values[part.field] = value;
        return true;
    }

    private static int one(byte[] b, int p) {
        int value = b[p] - '0';
        return value > 9 ? -1 : value;
    }

    private boolean month(int index, byte[] b, int p, int to) {
        for (int month = 1; month <= 12; month++) {
            int after = after(monthNames[month - 1], b, p, to);
            if (after >= 0 && fits(index + 1, b, after, to)) {
                values[MONTH] = month;
                return true;
            }
        }
        return false;
    }

    /** Index after the name where it stands here in any case, or -1. */
    private static int after(int[] name, byte[] b, int from, int to) {
        int p = from;
        for (int expected : name) {
            if (p >= to) {
                return -1;
            }
            int lead = b[p] & 0xff;
            int length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
            if (to - p < length) {
                return -1;
            }
            int codePoint = length == 1 ? lead : lead & (0x7f >> length);
            for (int i = 1; i < length; i++) {
                codePoint = codePoint << 6 | b[p + i] & 0x3f;
            }
            if (codePoint != expected && folded(codePoint) != expected) {
                return -1;
            }
            p += length;
        }
        return p;
    }

    private static int folded(int codePoint) {
        return Character.toLowerCase(Character.toUpperCase(codePoint));
    }
}
