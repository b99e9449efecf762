package dev.millrace.ingest.plan;

import dev.millrace.contract.LandingHour;
import dev.millrace.contract.RowSettings;
import dev.millrace.contract.SourceTable;
import dev.millrace.contract.SourceTable.RepeatedObjects;
import dev.millrace.control.Books;
import dev.millrace.control.HourBook;
import dev.millrace.control.MadeOf;
import dev.millrace.control.ObjectBook;
import dev.millrace.ingest.landed.LandingBucket;
import dev.millrace.ingest.plan.IngestPlan.Action;
import dev.millrace.ingest.plan.IngestPlan.Mode;
import dev.millrace.ingest.plan.IngestPlan.PlannedHour;
import dev.millrace.ingest.plan.IngestPlan.PlannedObject;
import dev.millrace.lake.StoredObject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/**
 * Decides which hours of one table are stale: lists the interval, lays the listing over what is recorded, tells which objects
 * repeat earlier ones, and compares stamps. A later hour outside the interval joins where an earlier copy of one of its objects
 * appeared or went, as otherwise records would count twice or not at all.
 */
public final class TablePlanner {
    private static final Comparator<String> BYTEWISE = (one, other) ->
            Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));

    private final SourceTable table;
    private final Books books;
    private final LandingBucket bucket;
    private final Acceptance acceptance;
    private final Optional<String> maskKey;
    private final ToLongFunction<String> storedRows;

    /**
     * @param maskKey the id of the key of the contract's masks, where it has some
     * @param storedRows how many rows the clean table holds of an hour, by the lake itself
     */
    public TablePlanner(
            SourceTable table,
            Books books,
            LandingBucket bucket,
            Acceptance acceptance,
            Optional<String> maskKey,
            ToLongFunction<String> storedRows) {
        this.table = table;
        this.books = books;
        this.bucket = bucket;
        this.acceptance = acceptance;
        this.maskKey = maskKey;
        this.storedRows = storedRows;
    }

    /** What the engineer lets happen that Millrace would not do by itself: objects or hours by name. */
    public record Acceptance(Set<String> removals, Set<String> held) {
        public Acceptance {
            removals = Set.copyOf(removals);
            held = Set.copyOf(held);
        }

        public static Acceptance none() {
            return new Acceptance(Set.of(), Set.of());
        }

        boolean lets(String hour, String object) {
            return removals.contains(hour) || removals.contains(object);
        }
    }

    /** What was found: hours to build, hours that stay held, keys that fit no hour, objects that have gone. */
    public record Found(List<PlannedHour> stale, List<HourBook> held, List<String> leftOut, int hours, int objects) {}

    /** An object that a run considers. */
    private record Known(String key, String etag, long size, boolean gone, Optional<ObjectBook> recorded) {
        String content() {
            return etag + " " + size;
        }
    }

    public Found plan(LandingHour from, LandingHour to) {
        SortedSet<LandingHour> hours = new TreeSet<>();
        for (LandingHour hour = from; hour.compareTo(to) < 0; hour = hour.plus(1)) {
            hours.add(hour);
        }
        LandingBucket.Listing listing = bucket.list(table, from, to);
        SortedMap<LandingHour, List<StoredObject>> listed = new TreeMap<>(listing.objects());
        while (true) {
            SortedMap<String, HourBook> recorded = recorded(hours);
            SortedMap<LandingHour, List<Known>> known = known(hours, listed, recorded);
            Map<LandingHour, Map<String, String>> repeats = repeats(known);
            SortedSet<LandingHour> joining = joining(hours, recorded, repeats);
            if (joining.isEmpty()) {
                return found(hours, recorded, known, repeats, listing.leftOut());
            }
            for (LandingHour hour : joining) {
                listed.putAll(bucket.list(table, hour, hour.plus(1)).objects());
                hours.add(hour);
            }
        }
    }

    private SortedMap<String, HourBook> recorded(SortedSet<LandingHour> hours) {
        return books.hours(
                table.name(),
                hours.first().plus(-table.lookBackHours()).toString(),
                hours.last().plus(table.lookBackHours() + 1L).toString());
    }

    private SortedMap<LandingHour, List<Known>> known(
            SortedSet<LandingHour> hours,
            SortedMap<LandingHour, List<StoredObject>> listed,
            SortedMap<String, HourBook> recorded) {
        SortedMap<LandingHour, SortedMap<String, Known>> known = new TreeMap<>();
        recorded.forEach((text, book) -> {
            LandingHour hour = LandingHour.of(text);
            SortedMap<String, Known> objects = known.computeIfAbsent(hour, any -> new TreeMap<>(BYTEWISE));
            for (ObjectBook object : book.objects()) {
                boolean gone = hours.contains(hour);
                if (!(gone && acceptance.lets(text, object.object()))) {
                    objects.put(
                            object.object(),
                            new Known(object.object(), object.etag(), object.size(), gone, Optional.of(object)));
                }
            }
        });
        listed.forEach((hour, present) -> {
            SortedMap<String, Known> objects = known.computeIfAbsent(hour, any -> new TreeMap<>(BYTEWISE));
            for (StoredObject object : present) {
                Optional<ObjectBook> before = Optional.ofNullable(objects.get(object.key()))
                        .flatMap(Known::recorded)
                        .filter(book -> book.etag().equals(object.etag()));
                objects.put(object.key(), new Known(object.key(), object.etag(), object.size(), false, before));
            }
        });
        SortedMap<LandingHour, List<Known>> lists = new TreeMap<>();
        known.forEach((hour, objects) -> lists.put(hour, List.copyOf(objects.values())));
        return lists;
    }

    /** By hour and key, the earlier object that each repeats. What has gone stays what it was. */
    private Map<LandingHour, Map<String, String>> repeats(SortedMap<LandingHour, List<Known>> known) {
        Map<LandingHour, Map<String, String>> repeats = new HashMap<>();
        Map<String, Earlier> latest = new HashMap<>();
        known.forEach((hour, objects) -> {
            for (Known object : objects) {
                Optional<String> repeated;
                Earlier earlier = latest.get(object.content());
                if (object.gone()) {
                    repeated = object.recorded().flatMap(ObjectBook::repeats);
                } else if (table.repeatedObjects() == RepeatedObjects.KEEP
                        || earlier == null
                        || hour.epochHour() - earlier.hour().epochHour() > table.lookBackHours()) {
                    repeated = Optional.empty();
                } else {
                    repeated = Optional.of(earlier.key());
                }
                repeated.ifPresent(key ->
                        repeats.computeIfAbsent(hour, any -> new HashMap<>()).put(object.key(), key));
                latest.put(object.content(), new Earlier(hour, object.key()));
            }
        });
        return repeats;
    }

    private record Earlier(LandingHour hour, String key) {}

    private SortedSet<LandingHour> joining(
            SortedSet<LandingHour> hours,
            SortedMap<String, HourBook> recorded,
            Map<LandingHour, Map<String, String>> repeats) {
        SortedSet<LandingHour> joining = new TreeSet<>();
        recorded.forEach((text, book) -> {
            LandingHour hour = LandingHour.of(text);
            boolean near =
                    !hours.subSet(hour.plus(-table.lookBackHours()), hour).isEmpty();
            if (!hours.contains(hour) && near) {
                Map<String, String> now = repeats.getOrDefault(hour, Map.of());
                for (ObjectBook object : book.objects()) {
                    if (object.repeats().isPresent() != now.containsKey(object.object())) {
                        joining.add(hour);
                    }
                }
            }
        });
        return joining;
    }

    private Found found(
            SortedSet<LandingHour> hours,
            SortedMap<String, HourBook> recorded,
            SortedMap<LandingHour, List<Known>> known,
            Map<LandingHour, Map<String, String>> repeats,
            List<String> leftOut) {
        List<PlannedHour> stale = new ArrayList<>();
        List<HourBook> held = new ArrayList<>();
        int objects = 0;
        for (LandingHour hour : hours) {
            List<Known> present = known.getOrDefault(hour, List.of());
            objects += present.size();
            Optional<HourBook> before = Optional.ofNullable(recorded.get(hour.toString()));
            Optional<PlannedHour> planned = hour(hour, before, present, repeats.getOrDefault(hour, Map.of()));
            planned.ifPresent(stale::add);
            if (planned.isEmpty()) {
                before.filter(HourBook::held).ifPresent(held::add);
            }
        }
        return new Found(stale, held, leftOut, hours.size(), objects);
    }

    private Optional<PlannedHour> hour(
            LandingHour hour, Optional<HourBook> before, List<Known> known, Map<String, String> repeats) {
        if (before.isEmpty() && known.isEmpty()) {
            return Optional.empty();
        }
        String settings = RowSettings.digest(table);
        MadeOf madeOf = madeOf(settings, known, repeats);
        boolean accepted = acceptance.held().contains(hour.toString());
        Optional<String> why = why(before, madeOf, accepted);
        if (why.isEmpty()) {
            return Optional.empty();
        }
        Mode mode = before.filter(book -> onlyGained(hour, book, madeOf)).isPresent() ? Mode.ADD : Mode.REBUILD;
        List<PlannedObject> objects = new ArrayList<>();
        for (Known object : known) {
            Optional<String> repeated = Optional.ofNullable(repeats.get(object.key()));
            Action action;
            if (mode == Mode.ADD && object.recorded().isPresent()) {
                action = Action.KEEP;
            } else if (object.gone()) {
                action = Action.CARRY;
            } else {
                action = repeated.isPresent() ? Action.COUNT : Action.DECODE;
            }
            objects.add(new PlannedObject(object.key(), object.etag(), object.size(), repeated, action));
        }
        long generation = before.map(HourBook::generation).orElse(0L);
        return Optional.of(new PlannedHour(hour.toString(), generation, mode, accepted, madeOf, why.get(), objects));
    }

    private MadeOf madeOf(String settings, List<Known> known, Map<String, String> repeats) {
        SortedMap<String, String> parts = new TreeMap<>();
        parts.put("settings", settings);
        maskKey.ifPresent(id -> parts.put(Staleness.MASK_KEY, id));
        for (Known object : known) {
            parts.put(
                    "object:" + object.key(),
                    object.etag() + " " + object.size() + (repeats.containsKey(object.key()) ? " repeat" : ""));
        }
        return new MadeOf(parts);
    }

    /** Why an hour is stale, in words; nothing where it is fresh. */
    private Optional<String> why(Optional<HourBook> before, MadeOf now, boolean accepted) {
        if (before.isEmpty()) {
            return Optional.of("never built");
        }
        HourBook book = before.get();
        List<String> why = Staleness.differences(book.madeOf(), now);
        if (why.isEmpty() && book.held()) {
            if (accepted) {
                why.add("held, and accepted");
            } else if (!overLimit(table.quarantineLimit(), book.clean(), book.quarantined())
                    && book.objects().stream().allMatch(object -> object.present() || object.published())) {
                why.add("held, and within the quarantine limit now");
            }
        }
        return why.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", why));
    }

    /** Whether an hour has to be held back. */
    public static boolean overLimit(BigDecimal limit, long clean, long quarantined) {
        return BigDecimal.valueOf(quarantined).compareTo(limit.multiply(BigDecimal.valueOf(clean + quarantined))) > 0;
    }

    private boolean onlyGained(LandingHour hour, HourBook before, MadeOf now) {
        boolean gained = !before.held()
                && now.parts().containsKey(Staleness.MASK_KEY)
                        == before.madeOf().parts().containsKey(Staleness.MASK_KEY)
                && now.parts().entrySet().containsAll(before.madeOf().parts().entrySet())
                && before.objects().stream().allMatch(ObjectBook::published);
        // An attempt that died after its commit to the lake may have left rows that the books do not know.
        return gained && storedRows.applyAsLong(hour.toString()) == before.published();
    }
}
