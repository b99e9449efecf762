package dev.millrace.ingest.decode;

/** Days and times of the years 0001 to 9999, from bytes. */
final class Times {
    /** The text does not have the shape. */
    static final long NO_FIT = Long.MIN_VALUE;
    /** The text has the shape, but there is no such day or time. */
    static final long NO_SUCH = Long.MIN_VALUE + 1;

    static final long MICROS_A_SECOND = 1_000_000L;
    static final long MICROS_A_DAY = 86_400 * MICROS_A_SECOND;
    /** 0001-01-01T00:00 and the last microsecond of the year 9999. */
    static final long EARLIEST = -719_162 * MICROS_A_DAY;

    static final long LATEST = 2_932_897 * MICROS_A_DAY - 1;

    private static final int[] DAYS_BEFORE = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    private static final int[] DAYS_IN = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    private Times() {}

    /** The day since 1970 that {@code yyyy-MM-dd} names. */
    static long isoDay(byte[] b, int from, int to) {
        if (to - from != 10) {
            return NO_FIT;
        }
        return isoDay(b, from);
    }

    private static long isoDay(byte[] b, int p) {
        int year = four(b, p);
        int month = two(b, p + 5);
        int day = two(b, p + 8);
        if ((year | month | day) < 0 || b[p + 4] != '-' || b[p + 7] != '-') {
            return NO_FIT;
        }
        return day(year, month, day);
    }

    /** Microseconds since 1970 of a time as the format {@code iso} writes it. */
    static long iso(byte[] b, int from, int to) {
        if (to - from < 10) {
            return NO_FIT;
        }
        long day = isoDay(b, from);
        if (day == NO_FIT || to - from == 10) {
            return day == NO_FIT || day == NO_SUCH ? day : day * MICROS_A_DAY;
        }
        int p = from + 10;
        if (to - p < 6 || (b[p] != 'T' && b[p] != 't' && b[p] != ' ') || b[p + 3] != ':') {
            return NO_FIT;
        }
        int hour = two(b, p + 1);
        int minute = two(b, p + 4);
        int second = 0;
        long micros = 0;
        p += 6;
        if (p < to && b[p] == ':') {
            if (to - p < 3) {
                return NO_FIT;
            }
            second = two(b, p + 1);
            p += 3;
            if (p < to && b[p] == '.') {
                int digits = 0;
                for (p++; p < to && b[p] >= '0' && b[p] <= '9'; p++, digits++) {
                    if (digits < 6) {
                        micros = micros * 10 + (b[p] - '0');
                    }
                }
                if (digits == 0 || digits > 9) {
                    return NO_FIT;
                }
                for (; digits < 6; digits++) {
                    micros *= 10;
                }
            }
        }
        if ((hour | minute | second) < 0) {
            return NO_FIT;
        }
        long offset = p == to ? 0 : offsetMinutes(b, p, to);
        if (offset == NO_FIT) {
            return NO_FIT;
        }
        if (offset == NO_SUCH) {
            return NO_SUCH;
        }
        return instant(day, hour, minute, second, micros, offset);
    }

    /** Minutes east of UTC that the rest of an iso time says. */
    private static long offsetMinutes(byte[] b, int p, int to) {
        int length = to - p;
        int c = b[p];
        if (length == 1) {
            return c == 'Z' || c == 'z' ? 0 : NO_FIT;
        }
        if (length == 4 && c == ' ') {
            return b[p + 1] == 'U' && b[p + 2] == 'T' && b[p + 3] == 'C' ? 0 : NO_FIT;
        }
        if (c != '+' && c != '-' || length != 3 && length != 5 && length != 6 || length == 6 && b[p + 3] != ':') {
            return NO_FIT;
        }
        int hours = two(b, p + 1);
        int minutes = length == 3 ? 0 : two(b, to - 2);
        if ((hours | minutes) < 0) {
            return NO_FIT;
        }
        int total = hours * 60 + minutes;
        if (minutes > 59 || total > 18 * 60) {
            return NO_SUCH;
        }
        return c == '-' ? -total : total;
    }

    /** The day since 1970, or {@link #NO_SUCH}. */
    static long day(int year, int month, int day) {
        if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) {
            return NO_SUCH;
        }
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        if (day > DAYS_IN[month - 1] && !(leap && month == 2 && day == 29)) {
            return NO_SUCH;
        }
        int before = year - 1;
        int days = before * 365 + before / 4 - before / 100 + before / 400 + DAYS_BEFORE[month - 1] + day - 1;
        return days + (leap && month > 2 ? 1L : 0L) - 719_162L;
    }

    /** Microseconds since 1970, or {@link #NO_SUCH}. */
    static long instant(long day, int hour, int minute, int second, long micros, long offsetMinutes) {
        if (day == NO_SUCH || hour > 23 || minute > 59 || second > 59) {
            return NO_SUCH;
        }
        long time =
                day * MICROS_A_DAY + ((hour * 60L + minute - offsetMinutes) * 60 + second) * MICROS_A_SECOND + micros;
        return time < EARLIEST || time > LATEST ? NO_SUCH : time;
    }

    /** A whole number of units of so many microseconds. */
    static long epoch(byte[] b, int from, int to, long unit) {
        if (!Numbers.fits(b, from, to)) {
            return NO_SUCH;
        }
        long value = Numbers.whole(b, from, to);
        if (value < EARLIEST / unit - 1 || value > LATEST / unit) {
            return NO_SUCH;
        }
        long time = value * unit;
        return time < EARLIEST ? NO_SUCH : time;
    }

    /** Value of two digits, negative where they are none. */
    static int two(byte[] b, int p) {
        int tens = b[p] - '0';
        int ones = b[p + 1] - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
    }

    /** Value of four digits, negative where they are none. */
    static int four(byte[] b, int p) {
        int high = two(b, p);
        int low = two(b, p + 2);
        return (high | low) < 0 ? -1 : high * 100 + low;
    }
}
