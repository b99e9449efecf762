package dev.millrace.transform.stale;

import dev.millrace.control.MadeOf;
import dev.millrace.control.PartitionBook;
import dev.millrace.transform.stale.Reason.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The parts of stamps, and what a difference between two says. */
public final class Stamps {
    static final String SETTINGS = "settings";
    static final String SQL = "sql";
    static final String HOUR = "hour:";
    static final String KEYS = "keys:";
    static final String INPUT = "input:";
    private static final String PUBLISHING = "publishing";

    private Stamps() {}

    /**
     * The stamp of a period between the announcement that it will be published and the record that it was: it equals no other,
     * so a crash in between leaves the period stale.
     */
    public static MadeOf publishing(long fence) {
        return MadeOf.of(Map.of(PUBLISHING, Long.toString(fence)));
    }

    /** Whether the lake holds what the book says. */
    public static boolean settled(PartitionBook book) {
        return !book.madeOf().parts().containsKey(PUBLISHING);
    }

    /** Why a period is stale; nothing where it is fresh. */
    static List<Reason> difference(Optional<PartitionBook> book, MadeOf wanted) {
        if (book.isEmpty()) {
            return List.of(new Reason(Kind.NEVER_BUILT, ""));
        }
        if (!settled(book.get())) {
            return List.of(new Reason(Kind.UNFINISHED, ""));
        }
        Map<String, String> before = book.get().madeOf().parts();
        Map<String, String> after = wanted.parts();
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        List<Reason> reasons = new ArrayList<>();
        for (String name : names) {
            Optional<String> was = Optional.ofNullable(before.get(name));
            Optional<String> is = Optional.ofNullable(after.get(name));
            if (!was.equals(is)) {
                reasons.add(reason(name, was.isPresent(), is.isPresent()));
            }
        }
        return reasons;
    }

    /** Whether two stamps agree but for the keys of other periods, which decide only what is a duplicate. */
    public static boolean sameRows(MadeOf one, MadeOf other) {
        return withoutKeys(one).equals(withoutKeys(other));
    }

    private static Map<String, String> withoutKeys(MadeOf madeOf) {
        Map<String, String> parts = new HashMap<>(madeOf.parts());
        parts.keySet().removeIf(name -> name.startsWith(KEYS));
        return parts;
    }

    private static Reason reason(String part, boolean was, boolean is) {
        String subject = part.substring(part.indexOf(':') + 1);
        if (part.startsWith(HOUR)) {
            return new Reason(was && is ? Kind.HOUR_CHANGED : is ? Kind.HOUR_ADDED : Kind.HOUR_VANISHED, subject);
        }
        if (part.startsWith(KEYS)) {
            return new Reason(Kind.KEYS_CHANGED, subject);
        }
        if (part.startsWith(INPUT)) {
            return new Reason(was && is ? Kind.INPUT_CHANGED : is ? Kind.INPUT_ADDED : Kind.INPUT_VANISHED, subject);
        }
        return new Reason(part.equals(SQL) ? Kind.MODEL_CHANGED : Kind.CONTRACT_CHANGED, "");
    }
}
