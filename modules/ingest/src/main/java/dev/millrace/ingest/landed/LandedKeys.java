package dev.millrace.ingest.landed;

import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the keys of a table's landed objects tell the hour in which they landed. */
public final class LandedKeys {
    private static final Pattern FIREHOSE =
            Pattern.compile("(\\d{4})/(\\d{2})/(\\d{2})/(\\d{2})/[^/]+", Pattern.DOTALL);
    private static final Pattern DATEHOUR =
            Pattern.compile("datehour=(\\d{4})-(\\d{2})-(\\d{2})-(\\d{2})/[^/]+", Pattern.DOTALL);

    private final SourceTable table;

    public LandedKeys(SourceTable table) {
        this.table = table;
    }

    /** The hour of a key; nothing for a key that is not below the prefix or does not fit the layout. */
    public Optional<LandingHour> hour(String key) {
        if (!key.startsWith(table.prefix())) {
            return Optional.empty();
        }
        Matcher matcher = pattern().matcher(key.substring(table.prefix().length()));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(LandingHour.of(
                    matcher.group(1) + "-" + matcher.group(2) + "-" + matcher.group(3) + "T" + matcher.group(4)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Prefixes below which lie all objects of the hours in {@code [from, to)}; whole days are listed at once. */
    public List<String> prefixes(LandingHour from, LandingHour to) {
        List<String> prefixes = new ArrayList<>();
        LandingHour hour = from;
        while (hour.compareTo(to) < 0) {
            boolean wholeDay =
                    Math.floorMod(hour.epochHour(), 24L) == 0 && hour.plus(24).compareTo(to) <= 0;
            prefixes.add(wholeDay ? dayPrefix(hour) : folder(hour));
            hour = hour.plus(wholeDay ? 24 : 1);
        }
        return prefixes;
    }

    /** The folder of an hour, with its final slash. */
    public String folder(LandingHour hour) {
        String text = hour.toString();
        return switch (table.layout()) {
            case FIREHOSE -> table.prefix() + text.substring(0, 10).replace('-', '/') + "/" + text.substring(11) + "/";
            case DATEHOUR -> table.prefix() + "datehour=" + hour.dashed() + "/";
        };
    }

    private String dayPrefix(LandingHour hour) {
        String day = hour.toString().substring(0, 10);
        return switch (table.layout()) {
            case FIREHOSE -> table.prefix() + day.replace('-', '/') + "/";
            case DATEHOUR -> table.prefix() + "datehour=" + day + "-";
        };
    }

    private Pattern pattern() {
        return switch (table.layout()) {
            case FIREHOSE -> FIREHOSE;
            case DATEHOUR -> DATEHOUR;
        };
    }
}
