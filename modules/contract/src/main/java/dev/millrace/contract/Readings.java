package dev.millrace.contract;

import dev.millrace.contract.Setting.Reading;
import dev.millrace.contract.written.Fields;
import dev.millrace.contract.written.Problems;
import dev.millrace.contract.written.Suggestion;
import dev.millrace.contract.written.Written;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the values of settings are written. */
final class Readings {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(s|m|h|d)");
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?)\\s?%");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,10})\\s?(B|KiB|MiB|GiB)");
    private static final Pattern MEMORY = Pattern.compile("[1-9][0-9]{0,5}(MiB|GiB)");
    private static final Pattern CORES = Pattern.compile("[1-9][0-9]{0,2}(\\.[0-9])?|0\\.[1-9]");
    private static final Pattern CRON_ITEM =
            Pattern.compile("(?:\\*|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([0-9]{1,2}))?");
    private static final int[][] CRON_BOUNDS = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}};

    private static final Duration LONGEST_WINDOW = Duration.ofDays(3660);
    private static final long LARGEST_RECORD = 1L << 30;
    private static final Set<String> MASKS_NOT_YET = Set.of("encrypt", "truncate-ip", "drop");

    private Readings() {}

    /** What is wrong with a text, or nothing. */
    @FunctionalInterface
    interface Check {
        Optional<String> fault(String text);
    }

    static Optional<String> plainText(Written written, Problems problems) {
        if (written instanceof Written.Scalar scalar && scalar.form() == Written.Scalar.Form.TEXT) {
            return Optional.of(scalar.text());
        }
        problems.add(written.place(), "this must be a text" + Fields.quotesHint(written));
        return Optional.empty();
    }

    static Reading<String> text(Check check) {
        return (written, problems) -> plainText(written, problems).filter(text -> {
            Optional<String> fault = check.fault(text);
            fault.ifPresent(sentence -> problems.add(written.place(), sentence));
            return fault.isEmpty();
        });
    }

    /** One of several words. */
    static <T> Reading<T> oneOf(String subject, Map<String, T> words) {
        return (written, problems) -> plainText(written, problems).flatMap(text -> {
            Optional<T> value = Optional.ofNullable(words.get(text));
            if (value.isEmpty()) {
                problems.add(
                        written.place(),
                        "'" + text + "' is no " + subject + "; allowed: " + String.join(", ", words.keySet())
                                + Suggestion.forWord(text, words.keySet()));
            }
            return value;
        });
    }

    static Optional<Mask> mask(Written written, Problems problems) {
        Optional<String> word = scalar(written);
        if (word.filter(MASKS_NOT_YET::contains).isPresent()) {
            problems.add(
                    written.place(),
                    "the mask '" + word.get() + "' cannot be applied by this version yet; allowed: hash");
            return Optional.empty();
        }
        return Readings.oneOf("mask", Map.of("hash", Mask.HASH)).read(written, problems);
    }

    static Optional<Duration> duration(Written written, Problems problems) {
        return scalar(written)
                .map(DURATION::matcher)
                .filter(Matcher::matches)
                .map(matcher -> Duration.ofSeconds(Long.parseLong(matcher.group(1)) * seconds(matcher.group(2))))
                .or(() -> refuse(
                        written, problems, "no duration", "a whole number and s, m, h or d, such as 30m or 24h"));
    }

    /** A duration of whole hours. */
    static Optional<Integer> hours(Written written, Problems problems) {
        return duration(written, problems).flatMap(duration -> {
            if (duration.toSeconds() % 3600 != 0 || duration.compareTo(LONGEST_WINDOW) > 0) {
                return refuse(written, problems, "no window", "whole hours or days up to 3660d, such as 24h or 7d");
            }
            return Optional.of(Math.toIntExact(duration.toHours()));
        });
    }

    /** A share of one hundred, as a fraction: 0.05 for 5%. */
    static Optional<BigDecimal> percent(Written written, Problems problems) {
        return scalar(written)
                .map(PERCENT::matcher)
                .filter(Matcher::matches)
                .map(matcher ->
                        new BigDecimal(matcher.group(1)).movePointLeft(2).stripTrailingZeros())
                .filter(share -> share.compareTo(BigDecimal.ONE) <= 0)
                .or(() -> refuse(written, problems, "no share", "a percentage from 0% to 100%, such as 5% or 0.1%"));
    }

    static Optional<Integer> size(Written written, Problems problems) {
        return scalar(written)
                .map(SIZE::matcher)
                .filter(Matcher::matches)
                .map(matcher -> Long.parseLong(matcher.group(1)) * bytes(matcher.group(2)))
                .filter(size -> size >= 1 && size <= LARGEST_RECORD)
                .map(Math::toIntExact)
                .or(() -> refuse(
                        written,
                        problems,
                        "no size",
                        "a whole number and B, KiB, MiB or GiB, up to 1GiB, such as 16MiB"));
    }

    static Optional<Pointer> pointer(Written written, Problems problems) {
        return plainText(written, problems).flatMap(text -> {
            if (!text.startsWith("/")
                    || text.replace("~0", "").replace("~1", "").contains("~")) {
                return refuse(written, problems, "no JSON pointer", "'/' and a member's name, such as /user/id");
            }
            return Optional.of(Pointer.of(text));
        });
    }

    static Optional<SourceTable.KeyLayout> layout(Written written, Problems problems) {
        return plainText(written, problems).flatMap(text -> {
            SourceTable.KeyLayout layout = new SourceTable.KeyLayout(text);
            List<String> words = List.of("firehose", "datehour");
            if (!words.contains(text) && !text.contains("{")) {
                problems.add(
                        written.place(),
                        "'" + text + "' is no layout; allowed: firehose, datehour, a pattern of folders such as "
                                + "year={yyyy}/month={MM}/day={dd}/hour={HH}/" + Suggestion.forWord(text, words));
                return Optional.empty();
            }
            Optional<String> fault = KeyPattern.fault(layout);
            fault.ifPresent(sentence -> problems.add(written.place(), "'" + text + "' is no layout: " + sentence));
            return fault.isEmpty() ? Optional.of(layout) : Optional.empty();
        });
    }

    static Optional<Character> delimiter(Written written, Problems problems) {
        return plainText(written, problems).flatMap(text -> {
            if (text.length() != 1 || text.charAt(0) > 127 || "\"\r\n\0".contains(text)) {
                return refuse(written, problems, "no delimiter", "one ASCII character, no quote and no line end");
            }
            return Optional.of(text.charAt(0));
        });
    }

    static Optional<Optional<Character>> characterOrNone(Written written, Problems problems) {
        return plainText(written, problems).flatMap(text -> {
            if (text.equals("none")) {
                return Optional.of(Optional.empty());
            }
            if (text.length() != 1 || text.charAt(0) > 126 || text.charAt(0) <= ' ') {
                return refuse(written, problems, "no such character", "one visible ASCII character, none");
            }
            return Optional.of(Optional.of(text.charAt(0)));
        });
    }

    static Optional<Integer> position(Written written, Problems problems) {
        return scalar(written)
                .filter(text -> text.matches("[1-9][0-9]{0,4}"))
                .map(Integer::parseInt)
                .or(() -> refuse(written, problems, "no position", "a whole number from 1"));
    }

    /** One format or a list of them. */
    static Optional<List<TimeFormat>> timeFormats(Written written, Problems problems) {
        List<Written> items = written instanceof Written.Items list ? list.items() : List.of(written);
        if (items.isEmpty()) {
            problems.add(written.place(), "the list names no format; leave the setting out for iso");
        }
        List<TimeFormat> formats = new ArrayList<>();
        for (Written item : items) {
            plainText(item, problems)
                    .flatMap(text -> TimeFormats.read(text, sentence -> problems.add(item.place(), sentence)))
                    .ifPresent(formats::add);
        }
        return formats.isEmpty() || formats.size() < items.size()
                ? Optional.empty()
                : Optional.of(List.copyOf(formats));
    }

    static Optional<String> memory(String text) {
        return MEMORY.matcher(text).matches()
                ? Optional.empty()
                : Optional.of(
                        "'" + text + "' is no amount of memory; allowed: a whole number and MiB or GiB, such as 4GiB");
    }

    static Optional<String> cores(String text) {
        return CORES.matcher(text).matches()
                ? Optional.empty()
                : Optional.of("'" + text + "' is no number of cores; allowed: such as \"2\" or \"0.5\"");
    }

    static Optional<String> cron(String text) {
        String[] fields = text.strip().split("\\s+", -1);
        boolean fits = fields.length == CRON_BOUNDS.length;
        for (int i = 0; fits && i < fields.length; i++) {
            for (String item : fields[i].split(",", -1)) {
                fits = fits && fitsCron(item, CRON_BOUNDS[i][0], CRON_BOUNDS[i][1]);
            }
        }
        return fits
                ? Optional.empty()
                : Optional.of(
                        "'" + text + "' is no schedule; allowed: the five fields of cron (minute, hour, day, month, "
                                + "day of week) in numbers, such as \"0 0 * * *\"");
    }

    private static boolean fitsCron(String item, int lowest, int highest) {
        Matcher matcher = CRON_ITEM.matcher(item);
        if (!matcher.matches()) {
            return false;
        }
        int from = matcher.group(1) == null ? lowest : Integer.parseInt(matcher.group(1));
        int to = matcher.group(2) == null ? from : Integer.parseInt(matcher.group(2));
        int step = matcher.group(3) == null ? 1 : Integer.parseInt(matcher.group(3));
        return lowest <= from && from <= to && to <= highest && step >= 1;
    }

    /** Any scalar's text: a bare {@code 5} is a number to YAML, and the sentence about units should be told of it. */
    private static Optional<String> scalar(Written written) {
        return written instanceof Written.Scalar scalar ? Optional.of(scalar.text()) : Optional.empty();
    }

    private static <T> Optional<T> refuse(Written written, Problems problems, String what, String allowed) {
        String subject = written instanceof Written.Scalar scalar ? "'" + scalar.text() + "'" : written.kind();
        problems.add(written.place(), subject + " is " + what + "; allowed: " + allowed);
        return Optional.empty();
    }

    private static long seconds(String unit) {
        return switch (unit) {
            case "s" -> 1;
            case "m" -> 60;
            case "h" -> 3600;
            default -> 86_400;
        };
    }

    private static long bytes(String unit) {
        return switch (unit) {
            case "B" -> 1;
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            default -> 1L << 30;
        };
    }
}
