package dev.millrace.transform.stale;

import dev.millrace.control.MadeOf;
import java.util.List;

/**
 * A period to be rebuilt: why, of what it will be made, and what it costs in rows to read. The last two are estimates where an
 * input is itself stale.
 */
public record StalePeriod(String table, String period, List<Reason> reasons, MadeOf madeOf, long rows) {
    public StalePeriod {
        reasons = List.copyOf(reasons);
    }
}
