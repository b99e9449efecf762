package dev.millrace.ingest.landed;

import dev.millrace.contract.KeyPattern;
import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the keys of a table's landed objects tell the hour in which they landed. */
public final class LandedKeys {
    private static final String PARTITION = "[^/=]+=[^/]*";
    /** Firehose's error prefixes end so, by themselves or as the value of a folder that looks like a partition. */
    private static final Pattern FAILED = Pattern.compile("(?:.*/)?[^/]*-failed/.*", Pattern.DOTALL);

    private final SourceTable table;
    private final KeyPattern layout;
    private final Pattern key;

    public LandedKeys(SourceTable table) {
        this.table = table;
        layout = KeyPattern.of(table.layout());
        StringBuilder expression = new StringBuilder();
        layout.lead().forEach(folder -> expression.append(folder(folder)).append('/'));
        expression.append(layout.partitions() ? "(?:" + PARTITION + "/)*" : "");
        expression.append(time(layout.date())).append('/');
        expression.append(layout.partitions() ? "(?:" + PARTITION + "/)*" : "");
        layout.trail().forEach(folder -> expression.append(folder(folder)).append('/'));
        key = Pattern.compile(expression + "[^/]+", Pattern.DOTALL);
    }

    private static String folder(String pattern) {
        StringBuilder expression = new StringBuilder();
        String[] literals = pattern.split(Pattern.quote(KeyPattern.ANYTHING), -1);
        for (int i = 0; i < literals.length; i++) {
            expression.append(i > 0 ? "[^/]+" : "").append(Pattern.quote(literals[i]));
        }
        return expression.toString();
    }

    private static String time(String date) {
        return Pattern.quote(date)
                .replace("{yyyy}", "\\E(?<year>[0-9]{4})\\Q")
                .replace("{MM}", "\\E(?<month>[0-9]{2})\\Q")
                .replace("{dd}", "\\E(?<day>[0-9]{2})\\Q")
                .replace(KeyPattern.HOUR, "\\E(?<hour>[0-9]{2})\\Q");
    }

    /** The hour of a key; nothing for a key that is not below the prefix or does not fit the layout. */
    public Optional<LandingHour> hour(String landed) {
        if (!landed.startsWith(table.prefix())) {
            return Optional.empty();
        }
        String rest = landed.substring(table.prefix().length());
        Matcher matcher = key.matcher(rest);
        if (!matcher.matches() || FAILED.matcher(rest).matches()) {
            return Optional.empty();
        }
        String hour = layout.wholeDays() ? "00" : matcher.group("hour");
        try {
            return Optional.of(LandingHour.of(
                    matcher.group("year") + "-" + matcher.group("month") + "-" + matcher.group("day") + "T" + hour));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether Firehose put the object there because it could not deliver what is in it. */
    public static boolean isFailed(String landed) {
        return FAILED.matcher(landed).matches();
    }

    /** What a folder or key directly below the prefix and some leading folders is. */
    enum Entry {
        /** It may tell the time. */
        TIME,
        /** A leading folder, with those that tell the time, or further leading ones, below it. */
        LEAD,
        OTHER
    }

    /**
     * What is directly below the prefix or a leading folder.
     *
     * @param leading how many leading folders are above it
     * @param name from there on, a folder with its slash
     */
    Entry entry(int leading, String name) {
        if (FAILED.matcher(name).matches()) {
            return Entry.OTHER;
        }
        boolean isFolder = name.endsWith("/");
        String folder = isFolder ? name.substring(0, name.length() - 1) : name;
        if (leading < layout.lead().size()) {
            return isFolder && folder.matches("(?s)" + folder(layout.lead().get(leading))) ? Entry.LEAD : Entry.OTHER;
        }
        if (layout.partitions() && isFolder && folder.matches("(?s)" + PARTITION)) {
            return Entry.LEAD;
        }
        String first = layout.date().split("/", 2)[0];
        String expression = time(first).replaceAll("\\?<[a-z]+>", "?:");
        return isFolder && folder.matches("(?s)" + expression) ? Entry.TIME : Entry.OTHER;
    }

    /** With what all folders begin that tell the time, where nothing stands before them but the prefix. */
    Optional<String> timesBegin() {
        boolean leads = !layout.lead().isEmpty() || layout.partitions();
        return leads ? Optional.empty() : Optional.of(layout.dateBegins());
    }

    /**
     * Prefixes below a leading folder, or the table's prefix itself, below which lie all its objects of the hours in {@code
     * [from, to)}; whole days are listed at once.
     */
    List<String> prefixes(String lead, LandingHour from, LandingHour to) {
        List<String> prefixes = new ArrayList<>();
        LandingHour hour = from;
        while (hour.compareTo(to) < 0) {
            boolean first = Math.floorMod(hour.epochHour(), 24L) == 0;
            boolean wholeDay = first && hour.plus(24).compareTo(to) <= 0;
            if (wholeDay || layout.wholeDays() && first) {
                prefixes.add(lead + layout.day(hour));
            } else if (!layout.wholeDays()) {
                prefixes.add(lead + layout.date(hour) + "/");
            }
            hour = hour.plus(wholeDay ? 24 : 1);
        }
        return prefixes;
    }

    /** A folder of an hour, with its final slash. Where the layout has folders of any name, these are {@code landed}. */
    public String folder(LandingHour hour) {
        StringBuilder folder = new StringBuilder(table.prefix());
        layout.lead()
                .forEach(lead -> folder.append(lead.replace(KeyPattern.ANYTHING, "landed"))
                        .append('/'));
        folder.append(layout.date(hour)).append('/');
        layout.trail()
                .forEach(trail -> folder.append(trail.replace(KeyPattern.ANYTHING, "landed"))
                        .append('/'));
        return folder.toString();
    }
}
