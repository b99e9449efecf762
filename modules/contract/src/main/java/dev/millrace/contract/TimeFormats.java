package dev.millrace.contract;

import dev.millrace.contract.written.Suggestion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a contract writes the formats of times, and how it is told what is wrong with one. */
final class TimeFormats {
    private static final Map<String, TimeFormat> WORDS = Map.of(
            "iso", new TimeFormat.Iso(),
            "epoch-seconds", new TimeFormat.Epoch(TimeFormat.Epoch.Unit.SECONDS),
            "epoch-millis", new TimeFormat.Epoch(TimeFormat.Epoch.Unit.MILLIS),
            "epoch-micros", new TimeFormat.Epoch(TimeFormat.Epoch.Unit.MICROS));
    private static final Pattern LOCALE = Pattern.compile("^(.*\\S)\\s+\\[([^\\[\\]]*)]$");
    private static final Pattern LETTERS = Pattern.compile("([yMdHhmsa])\\1*");
    private static final Map<String, String> FIELDS = Map.ofEntries(
            Map.entry("yyyy", "year"),
            Map.entry("MM", "month"),
            Map.entry("M", "month"),
            Map.entry("MMMM", "month"),
            Map.entry("dd", "day"),
            Map.entry("d", "day"),
            Map.entry("HH", "hour"),
            Map.entry("H", "hour"),
            Map.entry("hh", "hour"),
            Map.entry("h", "hour"),
            Map.entry("mm", "minute"),
            Map.entry("ss", "second"),
            Map.entry("a", "half of the day"));
    /** Fields whose digits are not counted: another digit must not follow them at once. */
    private static final Set<String> OPEN = Set.of("M", "d", "H", "h");

    private TimeFormats() {}

    static Optional<TimeFormat> read(String text, Consumer<String> fault) {
        if (WORDS.containsKey(text)) {
            return Optional.ofNullable(WORDS.get(text));
        }
        Matcher bracketed = LOCALE.matcher(text);
        boolean named = bracketed.matches();
        String pattern = named ? bracketed.group(1) : text;
        Optional<String> sentence = faultOf(pattern, named);
        Locale locale = named ? Locale.forLanguageTag(bracketed.group(2)) : Locale.ROOT;
        if (sentence.isEmpty() && named && !known(locale)) {
            sentence = Optional.of("no month names are known in '" + bracketed.group(2)
                    + "'; allowed: a language tag such as en or ru");
        }
        sentence.ifPresent(words -> fault.accept("'" + text + "' is no time format: " + words));
        return sentence.isPresent() ? Optional.empty() : Optional.of(new TimeFormat.Pattern(pattern, locale));
    }

    private static boolean known(Locale locale) {
        return !locale.getLanguage().isEmpty()
                && Arrays.stream(Locale.getAvailableLocales())
                        .anyMatch(available -> available.getLanguage().equals(locale.getLanguage()));
    }

    private static Optional<String> faultOf(String pattern, boolean named) {
        List<String> tokens = new ArrayList<>();
        Set<String> fields = new HashSet<>();
        Matcher letters = LETTERS.matcher(pattern);
        int end = -1;
        while (letters.find()) {
            String token = letters.group();
            String field = FIELDS.get(token);
            if (field == null) {
                return Optional.of("'" + token
                        + "' is none of iso, epoch-seconds, epoch-millis, epoch-micros, or a pattern of "
                        + "yyyy MM M dd d HH H hh h mm ss a MMMM" + Suggestion.forWord(pattern, WORDS.keySet()));
            }
            if (!fields.add(field)) {
                return Optional.of("the " + field + " occurs twice");
            }
            if (letters.start() == end
                    && !token.equals("MMMM")
                    && !token.equals("a")
                    && OPEN.contains(tokens.get(tokens.size() - 1))) {
                return Optional.of(
                        "nothing tells where '" + tokens.get(tokens.size() - 1) + "' ends and '" + token + "' begins");
            }
            tokens.add(token);
            end = letters.end();
        }
        if (pattern.contains("'")) {
            return Optional.of("literal text is written without quotes");
        }
        if (!fields.containsAll(Set.of("year", "month", "day"))) {
            return Optional.of("it needs a year, a month and a day, such as yyyy-MM-dd; or use iso, epoch-seconds, "
                    + "epoch-millis or epoch-micros" + Suggestion.forWord(pattern, WORDS.keySet()));
        }
        if ((fields.contains("second") && !fields.contains("minute"))
                || (fields.contains("minute") && !fields.contains("hour"))) {
            return Optional.of("seconds need minutes, and minutes need hours");
        }
        boolean halves = tokens.contains("hh") || tokens.contains("h");
        if (halves != tokens.contains("a")) {
            return Optional.of("hh and h (1 to 12) go with a (AM or PM), HH and H (0 to 23) without");
        }
        if (tokens.contains("MMMM") && !named) {
            return Optional.of("month names need their language at the end, such as 'd MMMM yyyy [en]'");
        }
        return Optional.empty();
    }
}
