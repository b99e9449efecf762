package dev.millrace.contract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A layout of keys taken apart: folders that can be anything, then folders that tell the hour, then folders again.
 *
 * @param lead folders before those that tell the hour, each with {@code {*}} where it holds anything
 * @param date the folders that tell the hour, with slashes between them; without {@code {HH}} the day's first hour is meant
 * @param trail folders after those
 * @param partitions whether there may be any number of folders {@code key=value} before and after the hour's
 */
public record KeyPattern(List<String> lead, String date, List<String> trail, boolean partitions) {
    public static final String ANYTHING = "{*}";
    public static final String HOUR = "{HH}";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{[^{}/]*\\}");
    private static final List<String> DAY = List.of("{yyyy}", "{MM}", "{dd}");
    private static final List<String> DAY_AND_HOUR = List.of("{yyyy}", "{MM}", "{dd}", HOUR);

    public KeyPattern {
        lead = List.copyOf(lead);
        trail = List.copyOf(trail);
    }

    public static KeyPattern of(SourceTable.KeyLayout layout) {
        if (layout.equals(SourceTable.KeyLayout.FIREHOSE)) {
            return new KeyPattern(List.of(), "{yyyy}/{MM}/{dd}/{HH}", List.of(), true);
        }
        if (layout.equals(SourceTable.KeyLayout.DATEHOUR)) {
            return new KeyPattern(List.of(), "datehour={yyyy}-{MM}-{dd}-{HH}", List.of(), false);
        }
        fault(layout).ifPresent(sentence -> {
            throw new IllegalArgumentException(layout.text() + ": " + sentence);
        });
        List<String> folders = folders(layout);
        int first = 0;
        while (!tellsTime(folders.get(first))) {
            first++;
        }
        int end = folders.size();
        while (!tellsTime(folders.get(end - 1))) {
            end--;
        }
        return new KeyPattern(
                folders.subList(0, first),
                String.join("/", folders.subList(first, end)),
                folders.subList(end, folders.size()),
                false);
    }

    /** What is wrong with a layout, or nothing. */
    static Optional<String> fault(SourceTable.KeyLayout layout) {
        if (layout.equals(SourceTable.KeyLayout.FIREHOSE) || layout.equals(SourceTable.KeyLayout.DATEHOUR)) {
            return Optional.empty();
        }
        if (!layout.text().endsWith("/")
                || layout.text().startsWith("/")
                || layout.text().contains("//")) {
            return Optional.of("a pattern names folders, each ending with '/'");
        }
        List<String> times = new ArrayList<>();
        boolean anythingAmidTimes = false;
        boolean anythingSince = false;
        for (String folder : folders(layout)) {
            List<String> placeholders = placeholders(folder);
            if (PLACEHOLDER.matcher(folder).replaceAll("").matches(".*[{}].*")
                    || !placeholders.stream().allMatch(each -> each.equals(ANYTHING) || DAY_AND_HOUR.contains(each))) {
                return Optional.of("its placeholders are {yyyy}, {MM}, {dd}, {HH} and {*}");
            }
            boolean anything = placeholders.remove(ANYTHING);
            if (anything && !placeholders.isEmpty()) {
                return Optional.of("a folder holds {*} or a part of the time, not both");
            }
            anythingAmidTimes |= !placeholders.isEmpty() && !times.isEmpty() && anythingSince;
            anythingSince = anything || anythingSince && placeholders.isEmpty();
            times.addAll(placeholders);
        }
        if (!times.equals(DAY) && !times.equals(DAY_AND_HOUR)) {
            return Optional.of(
                    "it needs {yyyy}, {MM}, {dd} and, unless a folder holds a whole day, {HH}, once each and in this"
                            + " order");
        }
        return anythingAmidTimes ? Optional.of("no {*} may stand between the parts of the time") : Optional.empty();
    }

    private static List<String> folders(SourceTable.KeyLayout layout) {
        return Arrays.asList(
                layout.text().substring(0, layout.text().length() - 1).split("/", -1));
    }

    private static boolean tellsTime(String folder) {
        return placeholders(folder).stream().anyMatch(DAY_AND_HOUR::contains);
    }

    private static List<String> placeholders(String folder) {
        List<String> found = new ArrayList<>();
        Matcher matcher = PLACEHOLDER.matcher(folder);
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    /** The date's folders for an hour, without the final slash. */
    public String date(LandingHour hour) {
        return filled(date, hour);
    }

    /** What the keys of all hours of the hour's day begin with, after the leading folders. */
    public String day(LandingHour hour) {
        int end = date.indexOf(HOUR);
        return end < 0 ? filled(date, hour) + "/" : filled(date.substring(0, end), hour);
    }

    /** Whether a day is a single folder, that of its first hour. */
    public boolean wholeDays() {
        return !date.contains(HOUR);
    }

    /** What every folder that tells the time begins with. */
    public String dateBegins() {
        return date.substring(0, date.indexOf('{'));
    }

    private static String filled(String template, LandingHour hour) {
        String text = hour.toString();
        return template.replace("{yyyy}", text.substring(0, 4))
                .replace("{MM}", text.substring(5, 7))
                .replace("{dd}", text.substring(8, 10))
                .replace(HOUR, text.substring(11));
    }
}
