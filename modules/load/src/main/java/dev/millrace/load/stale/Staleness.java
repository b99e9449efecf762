package dev.millrace.load.stale;

import dev.millrace.control.PartitionBook;
import dev.millrace.load.warehouse.LedgerEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Compares what is in the lake's periods, as the control database has it, with what the warehouse was loaded from. */
public final class Staleness {
    private Staleness() {}

    /** The stale periods of a table in their order; those asked for are stale whatever they hold. */
    public static List<StalePeriod> of(
            String table, Map<String, PartitionBook> books, Map<String, LedgerEntry> ledger, Set<String> askedFor) {
        List<StalePeriod> stale = new ArrayList<>();
        Set<String> periods = new TreeSet<>(books.keySet());
        periods.addAll(ledger.keySet());
        for (String period : periods) {
            PartitionBook book = books.get(period);
            LedgerEntry entry = ledger.get(period);
            if (book == null) {
                stale.add(new StalePeriod(table, period, "no longer known to transform", 0, Optional.empty()));
            } else if (entry == null) {
                stale.add(stale(table, book, "never loaded"));
            } else if (!entry.content().equals(book.content())) {
                stale.add(stale(table, book, book.rows() == 0 ? "emptied" : "content changed"));
            } else if (askedFor.contains(period)) {
                stale.add(stale(table, book, "asked for"));
            }
        }
        return stale;
    }

    private static StalePeriod stale(String table, PartitionBook book, String why) {
        return new StalePeriod(table, book.period(), why, book.rows(), Optional.of(book.content()));
    }
}
