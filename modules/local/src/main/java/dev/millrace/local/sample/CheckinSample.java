package dev.millrace.local.sample;

import static dev.millrace.local.sample.ConsentEvents.ascii;

import dev.millrace.contract.LandingHour;
import dev.millrace.local.sample.Hours.Part;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Landings of the pipeline {@code checkins}: CSV files under Firehose keys, once a day at six. The first day brings ten years of
 * check-ins, half of all rows (or all, where there is one day); each later day brings mostly the month before it, and one row in
 * five from further back. Of the rows, 7 in 200 repeat the former one to the letter, one in 200 has a blank user and one in a
 * hundred is bad, where a file has {@value #ENOUGH} rows or more. Times are written in three ways, as 90, 5 and 5 in a hundred.
 */
public final class CheckinSample {
    private static final int ENOUGH = 100;
    private static final int LANDS_AT = 6;
    private static final int USERS = 40;
    private static final int PROJECTS = 144;
    private static final int ONE_BAD_IN = 100;
    private static final long DAY = 86_400;
    private static final byte[] HEADER = ascii("user,timestamp,hours,project");
    private static final String[] NAMES = {
        "ned",
        "robert",
        "catelyn",
        "arya",
        "sansa",
        "jon",
        "bran",
        "theon",
        "cersei",
        "jaime",
        "tyrion",
        "daenerys",
        "jorah",
        "samwell",
        "davos",
        "brienne",
        "varys",
        "bronn",
        "gendry",
        "missandei"
    };
    private static final String[] TEAMS = {
        "bizdev", "opsandadmin", "transport", "research", "web", "mobile", "billing", "support", "data"
    };
    private static final String[] MONTHS = {
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря"
    };
    private static final int[] FRACTION_DIGITS = {0, 3, 4, 5, 6};
    private static final String[] BAD = {
        "no-such-day",
        "too-few",
        "bad-hours",
        "too-many",
        "hours-out-of-range",
        "no-hours",
        "bad-quotes",
        "no-time",
        "invalid-utf8",
        "no-such-month"
    };

    private final SampleRequest request;

    private CheckinSample(SampleRequest request) {
        this.request = request;
    }

    public static SampleCounts write(SampleRequest request, Consumer<SampleObject> consumer) {
        CheckinSample sample = new CheckinSample(request);
        return Hours.write(request.days(), sample::day, consumer);
    }

    private long rowsBefore(int day) {
        if (day == 0) {
            return 0;
        }
        if (request.days() == 1) {
            return request.rows();
        }
        long history = request.rows() / 2;
        return history + Math.multiplyExact(request.rows() - history, (long) day - 1) / (request.days() - 1);
    }

    private List<Part> day(int day) {
        List<Part> parts = new ArrayList<>();
        long count = rowsBefore(day + 1) - rowsBefore(day);
        int several = request.partsPerHour();
        for (int part = 0; part < several; part++) {
            long begin = count * part / several;
            long end = count * (part + 1) / several;
            if (begin < end) {
                parts.add(part(day, begin, end));
            }
        }
        return parts;
    }

    private LandingHour landingHour(int day) {
        LandingHour first = request.from();
        long hourOfDay = Math.floorMod(first.epochHour(), 24L);
        // Within the days asked for, whatever hour they begin at.
        return first.plus(24L * day + Math.floorMod(LANDS_AT - hourOfDay, 24L));
    }

    private Part part(int day, long begin, long end) {
        byte[] lineEnd = ascii(day % 4 == 3 ? "\r\n" : "\n");
        boolean gzip = day % 5 != 4;
        LandingHour hour = landingHour(day);
        CountsOfPart counts = new CountsOfPart();
        byte[] former = new byte[0];
        try (ObjectBytes out = new ObjectBytes(gzip)) {
            out.put(HEADER);
            for (long index = begin; index < end; index++) {
                out.record();
                out.put(lineEnd);
                Draw draw = Draw.at(request.seed(), day, index);
                if (end - begin >= ENOUGH && index % 2000 == 1999) {
                    out.put(lineEnd);
                }
                out.record();
                boolean dirty = end - begin >= ENOUGH;
                if (dirty && index % ONE_BAD_IN == ONE_BAD_IN / 2) {
                    String way = BAD[(int) ((rowsBefore(day) + index) / ONE_BAD_IN % BAD.length)];
                    counts.quarantined(putBad(out, draw, way, hour, day));
                    former = new byte[0];
                } else if (dirty && former.length > 0 && draw.below(200) < 7) {
                    out.put(former);
                    counts.repeat();
                } else {
                    put(out, fields(draw, hour, day));
                    former = out.recordBytes();
                    counts.clean();
                }
            }
            out.record();
            if (day % 2 == 0) {
                out.put(lineEnd);
            }
            byte[] bytes = out.finished();
            SampleObject object = new SampleObject(key(hour, bytes), bytes);
            return new Part(object, counts.of(object));
        }
    }

    private static void put(ObjectBytes out, String[] fields) {
        out.put(String.join(",", fields).getBytes(StandardCharsets.UTF_8));
    }

    private String[] fields(Draw draw, LandingHour hour, int day) {
        String user = draw.oneIn(200) ? (draw.oneIn(2) ? "" : "  ") : user(draw.below(USERS));
        long second = hour.start().getEpochSecond() - 1 - back(draw, day);
        int tenths = 1 + draw.below(draw.oneIn(50) ? 300 : 90);
        String hours = draw.oneIn(500) ? "0.0" : tenths / 10 + "." + tenths % 10;
        return new String[] {user, time(draw, second), hours, project(draw.below(PROJECTS))};
    }

    /** How many seconds before the landing a check-in was. */
    private static long back(Draw draw, int day) {
        long days = day == 0 ? 3650 : draw.oneIn(5) ? 700 : 30;
        return Math.floorMod(draw.next(), days * DAY);
    }

    private static String user(int number) {
        String name = NAMES[number % NAMES.length];
        return number < NAMES.length ? name : name + "." + (char) ('a' + number / NAMES.length);
    }

    private static String project(int number) {
        if (number == 0) {
            return "\"research, applied\"";
        }
        if (number == 1) {
            return "\"the \"\"big\"\" one\"";
        }
        String team = TEAMS[number % TEAMS.length];
        return number < TEAMS.length ? team : team + "-" + number / TEAMS.length;
    }

    private static String time(Draw draw, long epochSecond) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
        int shape = draw.below(20);
        if (shape == 0) {
            int hour = time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
            return two(time.getMonthValue()) + "/" + two(time.getDayOfMonth()) + "/" + time.getYear() + " " + two(hour)
                    + ":" + two(time.getMinute()) + (time.getHour() < 12 ? " AM" : " PM");
        }
        if (shape == 1) {
            return time.getDayOfMonth() + " " + MONTHS[time.getMonthValue() - 1] + " " + time.getYear() + " "
                    + two(time.getHour()) + ":" + two(time.getMinute());
        }
        String iso = time.getYear() + "-" + two(time.getMonthValue()) + "-" + two(time.getDayOfMonth()) + " "
                + two(time.getHour()) + ":" + two(time.getMinute()) + ":" + two(time.getSecond());
        int digits = FRACTION_DIGITS[draw.below(FRACTION_DIGITS.length)];
        StringBuilder fraction = new StringBuilder(digits == 0 ? "" : ".");
        for (int i = 0; i < digits; i++) {
            fraction.append((char) ('0' + draw.below(10)));
        }
        return iso + fraction + " UTC";
    }

    private static String two(int value) {
        return value < 10 ? "0" + value : Integer.toString(value);
    }

    /** Gives the reason. */
    private String putBad(ObjectBytes out, Draw draw, String way, LandingHour hour, int day) {
        String[] fields = fields(draw, hour, day);
        String reason = switch (way) {
            case "no-such-day" -> {
                fields[1] = "2023-02-30 10:00:00 UTC";
                yield "invalid-time";
            }
            case "no-such-month" -> {
                fields[1] = "26 smarch 2019 00:00";
                yield "invalid-time";
            }
            case "no-time" -> {
                fields[1] = "";
                yield "missing";
            }
            case "no-hours" -> {
                fields[2] = " ";
                yield "missing";
            }
            case "bad-hours" -> {
                fields[2] = "eight";
                yield "wrong-type";
            }
            case "hours-out-of-range" -> {
                fields[2] = "12345678.0";
                yield "out-of-range";
            }
            case "too-few" -> {
                fields = new String[] {fields[0], fields[1], fields[2]};
                yield "field-count";
            }
            case "too-many" -> {
                fields = new String[] {fields[0], fields[1], fields[2], fields[3], "x"};
                yield "field-count";
            }
            case "bad-quotes" -> {
                fields[3] = "\"biz\"dev";
                yield "malformed";
            }
            case "invalid-utf8" -> "invalid-utf8";
            default -> throw new IllegalStateException(way);
        };
        put(out, fields);
        if (way.equals("invalid-utf8")) {
            out.cutRecord(out.recordLength() - fields[3].length());
            out.put(0xc3);
            out.put(ascii("(x"));
        }
        return reason;
    }

    private static String key(LandingHour hour, byte[] bytes) {
        String dashed = hour.dashed();
        return String.format(
                Locale.ROOT,
                "checkins/%s/checkins-1-%s-00-00-%s.gz",
                dashed.replace('-', '/'),
                dashed,
                UUID.nameUUIDFromBytes(bytes));
    }
}
