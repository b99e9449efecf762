package dev.millrace.transform.stale;

import dev.millrace.contract.LandingHour;
import dev.millrace.control.Edge;
import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;

/** The landing hours in which the earlier copy of a row may lie. */
public final class Window {
    private Window() {}

    /** The hours with rows from so many hours before each feeding one up to itself. */
    public static NavigableSet<LandingHour> behind(
            Collection<Edge> feeding, int windowHours, NavigableSet<LandingHour> withRows) {
        NavigableSet<LandingHour> behind = new TreeSet<>();
        for (Edge edge : feeding) {
            LandingHour hour = LandingHour.of(edge.hour());
            behind.addAll(withRows.subSet(hour.plus(-windowHours), true, hour, true));
        }
        return behind;
    }
}
