package dev.millrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.TimeFormat;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimesTest {
    private static long iso(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Times.iso(bytes, 0, bytes.length);
    }

    private static long pattern(TimePattern pattern, String text) {
        byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
        return pattern.parse(bytes, 1, bytes.length - 1);
    }

    private static TimePattern compiled(String pattern, String language) {
        return TimePattern.of(new TimeFormat.Pattern(pattern, Locale.forLanguageTag(language)));
    }

    private static long micros(OffsetDateTime time) {
        return time.toEpochSecond() * 1_000_000 + time.getNano() / 1_000;
    }

    private static LocalDateTime random(Random random) {
        long seconds = random.nextLong(-62_135_510_400L, 253_402_214_400L);
        return LocalDateTime.ofEpochSecond(seconds, random.nextInt(1_000_000_000), ZoneOffset.UTC);
    }

    @Test
    void isoAgreesWithJavaTimeOnRandomInstants() {
        Random random = new Random(11);
        for (int i = 0; i < 200_000; i++) {
            int digits = random.nextInt(10);
            LocalDateTime time = random(random);
            String date = time.format(DateTimeFormatter.ofPattern("uuuu-MM-dd"));
            String clock = time.format(DateTimeFormatter.ofPattern("HH:mm:ss"))
                    + (digits == 0 ? "" : time.format(DateTimeFormatter.ofPattern("." + "S".repeat(digits))));
            LocalDateTime said = LocalDateTime.parse(date + "T" + clock).truncatedTo(ChronoUnit.MICROS);
            ZoneOffset offset = ZoneOffset.ofTotalSeconds(60 * random.nextInt(-18 * 60, 18 * 60 + 1));
            String colon = offset.getTotalSeconds() == 0 ? "+00:00" : offset.getId();
            boolean zoned = random.nextBoolean();
            String zone = zoned
                    ? List.of(colon, colon.replace(":", "")).get(random.nextInt(2))
                    : List.of("", "Z", "z", " UTC").get(random.nextInt(4));
            String text = date + "Tt ".charAt(random.nextInt(3)) + clock + zone;
            assertThat(iso(text)).as(text).isEqualTo(micros(said.atOffset(zoned ? offset : ZoneOffset.UTC)));
        }
    }

    @Test
    void isoTakesDatesMinutesAndHoursOfOffset() {
        assertThat(iso("2026-01-05")).isEqualTo(micros(OffsetDateTime.parse("2026-01-05T00:00Z")));
        assertThat(iso("2026-01-05 03:04")).isEqualTo(micros(OffsetDateTime.parse("2026-01-05T03:04Z")));
        assertThat(iso("2026-01-05T03:04+02")).isEqualTo(micros(OffsetDateTime.parse("2026-01-05T01:04Z")));
        assertThat(iso("2018-11-26 14:47:36.0429 UTC"))
                .isEqualTo(micros(OffsetDateTime.parse("2018-11-26T14:47:36.042900Z")));
        assertThat(iso("2018-11-26 14:47:36.123456789"))
                .isEqualTo(micros(OffsetDateTime.parse("2018-11-26T14:47:36.123456Z")));
    }

    @Test
    void whatHasNotTheShapeOfIsoDoesNotFit() {
        for (String text : List.of(
                "",
                "2026",
                "2026-01-05Z",
                "2026-01-05 UTC",
                "2026-01-05T",
                "2026-01-05T03",
                "2026-01-05T3:04",
                "2026-01-05  03:04",
                "2026-01-05_03:04",
                "2026-01-05T03:04:",
                "2026-01-05T03:04:5",
                "2026-01-05T03:04:05.",
                "2026-01-05T03:04:05.1234567890",
                "2026-01-05T03:04:05,1",
                "2026-01-05T03:04:05 Z",
                "2026-01-05T03:04:05UTC",
                "2026-01-05T03:04:05 utc",
                "2026-01-05T03:04:05+2",
                "2026-01-05T03:04:05+02:0",
                "2026-01-05T03:04:05+020",
                "2026-01-05T03:04:05+0a:00",
                "2026-01-05T03:04.5",
                "2026-01-05T03:04:05Zx",
                " 2026-01-05",
                "2026-1-5T03:04",
                "2026-01-05T03:04:05+02;00",
                "12026-01-05T03:04")) {
            assertThat(iso(text)).as(text).isEqualTo(Times.NO_FIT);
        }
    }

    @Test
    void daysAndTimesThatDoNotExistAreNoSuchTime() {
        for (String text : List.of(
                "2023-02-30",
                "2023-02-29 00:00",
                "2023-04-31",
                "0000-01-01",
                "2023-13-01",
                "2023-00-10",
                "2023-01-00",
                "2023-01-01T24:00",
                "2023-01-01T00:60",
                "2023-01-01T00:00:60",
                "2023-01-01T00:00+18:01",
                "2023-01-01T00:00+00:60",
                "2023-01-01T00:00-19",
                "0001-01-01T00:00+00:01",
                "9999-12-31T23:59:59-00:01")) {
            assertThat(iso(text)).as(text).isEqualTo(Times.NO_SUCH);
        }
    }

    @Test
    void everyDayOfTheYears0001To9999IsCounted() {
        for (long day = LocalDate.of(1, 1, 1).toEpochDay();
                day <= LocalDate.of(9999, 12, 31).toEpochDay();
                day++) {
            LocalDate date = LocalDate.ofEpochDay(day);
            if (Times.day(date.getYear(), date.getMonthValue(), date.getDayOfMonth()) != day) {
                assertThat(date).isNull();
            }
        }
    }

    @Test
    void patternsAgreeWithJavaTimeOnRandomInstants() {
        Random random = new Random(12);
        for (String letters : List.of(
                "yyyy-MM-dd HH:mm:ss",
                "MM/dd/yyyy hh:mm a",
                "d.M.yyyy H:mm",
                "M/d/yyyy h:mm:ss a",
                "d MMMM yyyy HH:mm",
                "MMMM d, yyyy",
                "yyyyMMddHHmmss")) {
            for (String language : List.of("en", "ru", "de", "fr", "pl", "tr", "el", "ja")) {
                TimePattern pattern = compiled(letters, language);
                Locale locale = Locale.forLanguageTag(language);
                DateTimeFormatter months = DateTimeFormatter.ofPattern(letters.replace("a", "'@'"), locale);
                for (int i = 0; i < 500; i++) {
                    LocalDateTime time = random(random);
                    String half = time.getHour() < 12 ? "AM" : "PM";
                    String text = time.format(months)
                            .replace("@", random.nextBoolean() ? half : half.toLowerCase(Locale.ROOT));
                    ChronoUnit unit = letters.contains("ss")
                            ? ChronoUnit.SECONDS
                            : letters.contains("mm") ? ChronoUnit.MINUTES : ChronoUnit.DAYS;
                    long expected = micros(time.truncatedTo(unit).atOffset(ZoneOffset.UTC));
                    assertThat(pattern(pattern, text))
                            .as("%s %s: %s", letters, language, text)
                            .isEqualTo(expected);
                    if (!language.equals("tr") && !language.equals("el")) {
                        assertThat(pattern(pattern, text.toUpperCase(Locale.ROOT)))
                                .as(text)
                                .isEqualTo(expected);
                    }
                }
            }
        }
    }

    @Test
    void russianMonthsAreGenitive() {
        TimePattern pattern = compiled("d MMMM yyyy HH:mm", "ru");
        assertThat(pattern(pattern, "26 сентября 2019 00:00"))
                .isEqualTo(micros(OffsetDateTime.parse("2019-09-26T00:00Z")));
        assertThat(pattern(pattern, "6 МАЯ 2019 23:59")).isEqualTo(micros(OffsetDateTime.parse("2019-05-06T23:59Z")));
        assertThat(pattern(pattern, "26 сентябрь 2019 00:00")).isEqualTo(Times.NO_FIT);
        assertThat(pattern(pattern, "31 сентября 2019 00:00")).isEqualTo(Times.NO_SUCH);
        assertThat(pattern(pattern, "26 сентября 2019 24:00")).isEqualTo(Times.NO_SUCH);
    }

    @Test
    void twoLettersTakeTwoDigitsAndOneTakesOneOrTwo() {
        TimePattern two = compiled("MM/dd/yyyy hh:mm a", "en");
        assertThat(pattern(two, "9/27/2019 12:00 AM")).isEqualTo(Times.NO_FIT);
        assertThat(pattern(two, "09/27/2019 12:00 pm")).isEqualTo(micros(OffsetDateTime.parse("2019-09-27T12:00Z")));
        assertThat(pattern(two, "09/27/2019 12:00 aM")).isEqualTo(micros(OffsetDateTime.parse("2019-09-27T00:00Z")));
        assertThat(pattern(two, "09/27/2019 00:00 AM")).isEqualTo(Times.NO_SUCH);
        assertThat(pattern(two, "09/27/2019 13:00 PM")).isEqualTo(Times.NO_SUCH);
        assertThat(pattern(two, "13/27/2019 12:00 AM")).isEqualTo(Times.NO_SUCH);
        assertThat(pattern(two, "09/27/2019 12:00 XM")).isEqualTo(Times.NO_FIT);
        assertThat(pattern(two, "09/27/2019 12:00 A")).isEqualTo(Times.NO_FIT);
        TimePattern one = compiled("d.M.yyyy", "en");
        assertThat(pattern(one, "01.2.2019")).isEqualTo(micros(OffsetDateTime.parse("2019-02-01T00:00Z")));
        assertThat(pattern(one, "001.2.2019")).isEqualTo(Times.NO_FIT);
    }
}
