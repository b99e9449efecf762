package dev.millrace.transform.stale;

import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Edge;
import dev.millrace.control.MadeOf;
import dev.millrace.control.PartitionBook;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The stale periods of a base table. */
public final class BaseStaleness {
    private final SourceTable table;
    private final String settings;

    /** The settings are the digest of all in the contract that alters base rows. */
    public BaseStaleness(SourceTable table, String settings) {
        this.table = table;
        this.settings = settings;
    }

    public List<StalePeriod> of(List<Edge> edges, SortedMap<String, PartitionBook> books) {
        NavigableMap<LandingHour, List<Edge>> byHour = new TreeMap<>();
        Map<String, List<Edge>> byPeriod = new HashMap<>();
        for (Edge edge : edges) {
            byHour.computeIfAbsent(LandingHour.of(edge.hour()), hour -> new ArrayList<>())
                    .add(edge);
            byPeriod.computeIfAbsent(edge.period(), period -> new ArrayList<>()).add(edge);
        }
        TreeSet<String> periods = new TreeSet<>(byPeriod.keySet());
        periods.addAll(books.keySet());
        List<StalePeriod> stale = new ArrayList<>();
        for (String period : periods) {
            List<Edge> feeding = byPeriod.getOrDefault(period, List.of());
            MadeOf wanted = madeOf(period, feeding, byHour);
            List<Reason> reasons = Stamps.difference(Optional.ofNullable(books.get(period)), wanted);
            if (!reasons.isEmpty()) {
                stale.add(new StalePeriod(
                        table.name(),
                        period,
                        reasons,
                        wanted,
                        feeding.stream().mapToLong(Edge::rows).sum()));
            }
        }
        return stale;
    }

    private MadeOf madeOf(String period, List<Edge> feeding, NavigableMap<LandingHour, List<Edge>> byHour) {
        Map<String, String> parts = new HashMap<>();
        parts.put(Stamps.SETTINGS, settings);
        for (Edge edge : feeding) {
            parts.put(Stamps.HOUR + edge.hour(), edge.content());
        }
        if (!table.key().isEmpty()) {
            for (LandingHour hour : Window.behind(feeding, table.dedupWindowHours(), byHour.navigableKeySet())) {
                for (Edge edge : byHour.getOrDefault(hour, List.of())) {
                    // A row of another period may be the earlier copy; those of this one stand in its hours' contents.
                    if (!edge.period().equals(period)) {
                        parts.put(Stamps.KEYS + edge.hour() + ":" + edge.period(), edge.keys());
                    }
                }
            }
        }
        return MadeOf.of(parts);
    }
}
