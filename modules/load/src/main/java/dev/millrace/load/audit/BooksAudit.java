package dev.millrace.load.audit;

import dev.millrace.control.Books;
import dev.millrace.control.Edge;
import dev.millrace.control.HourBook;
import dev.millrace.control.PartitionBook;
import dev.millrace.control.Partitions;
import dev.millrace.lake.Lake;
import dev.millrace.lake.read.LakeTables;
import dev.millrace.lake.read.PinnedTable;
import dev.millrace.lake.read.Split;
import dev.millrace.lake.read.SplitReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The books of a source table: landed = clean + duplicate + quarantined for every hour, clean rows of the lake = those that the
 * hour published, and for every period what its hours feed into it = base rows + duplicates.
 */
final class BooksAudit {
    private final String table;
    private final Books books;
    private final Partitions partitions;
    private final LakeTables lake;

    BooksAudit(String table, Books books, Partitions partitions, LakeTables lake) {
        this.table = table;
        this.books = books;
        this.partitions = partitions;
        this.lake = lake;
    }

    /** The given periods, or all, and the hours that feed them. */
    AuditReport of(Optional<Set<String>> only) {
        SortedMap<String, HourBook> hours = books.hours(table);
        List<Edge> edges = books.edges(table);
        SortedMap<String, PartitionBook> built = partitions.of(table);
        List<Finding> findings = new ArrayList<>();
        Set<String> looked = new TreeSet<>(only.isPresent() ? Set.of() : hours.keySet());
        edges.stream()
                .filter(edge -> only.isEmpty() || only.get().contains(edge.period()))
                .forEach(edge -> looked.add(edge.hour()));
        SortedMap<String, HourBook> examined = new TreeMap<>(hours);
        examined.keySet().retainAll(looked);

        hours(examined, edges, findings);
        cleanRows(examined, findings);
        for (String period : only.orElseGet(built::keySet)) {
            PartitionBook book = built.get(period);
            if (book != null) {
                period(book, edges, findings);
            }
        }
        if (!findings.isEmpty()) {
            dropMoved(findings, hours, edges, built);
        }
        return new AuditReport(0, examined.size(), 0, 0, findings);
    }

    private void hours(SortedMap<String, HourBook> hours, List<Edge> edges, List<Finding> findings) {
        Map<String, Long> fed = new HashMap<>();
        edges.forEach(edge -> fed.merge(edge.hour(), edge.rows(), Long::sum));
        for (HourBook book : hours.values()) {
            String hour = book.hour();
            long accounted = book.clean() + book.duplicate() + book.quarantined();
            if (book.landed() != accounted) {
                find(
                        findings,
                        hour,
                        "landed records",
                        "clean, duplicate and quarantined",
                        accounted,
                        "the hour",
                        book.landed());
            }
            if (!book.held() && book.published() != book.clean()) {
                find(findings, hour, "published rows", "its objects", book.clean(), "the hour", book.published());
            }
            long rows = fed.getOrDefault(hour, 0L);
            if (rows != book.published()) {
                find(findings, hour, "rows", "the hour", book.published(), "what it feeds into periods", rows);
            }
        }
    }

    private void cleanRows(SortedMap<String, HourBook> hours, List<Finding> findings) {
        Optional<PinnedTable> clean = hours.isEmpty() ? Optional.empty() : lake.pin(Lake.CLEAN, table);
        Map<String, Long> rows = new HashMap<>();
        if (clean.isPresent()) {
            for (Split split : clean.get().splits(hours.keySet())) {
                rows.merge(split.partition(), SplitReader.rows(split), Long::sum);
            }
        }
        for (HourBook book : hours.values()) {
            long found = rows.getOrDefault(book.hour(), 0L);
            if (found != book.published()) {
                find(findings, book.hour(), "clean rows", "the hour", book.published(), "the lake", found);
            }
        }
    }

    /** A period that was built from other content than its hours have now balances again once it is rebuilt. */
    private void period(PartitionBook book, List<Edge> edges, List<Finding> findings) {
        long fed = 0;
        Set<String> parts = new HashSet<>();
        boolean fresh = true;
        for (Edge edge : edges) {
            if (edge.period().equals(book.period())) {
                String part = "hour:" + edge.hour();
                parts.add(part);
                fed += edge.rows();
                fresh &= edge.content().equals(book.madeOf().parts().get(part));
            }
        }
        fresh &= book.madeOf().parts().keySet().stream()
                .filter(part -> part.startsWith("hour:"))
                .allMatch(parts::contains);
        if (fresh && fed != book.rows() + book.duplicates()) {
            find(
                    findings,
                    book.period(),
                    "base rows and duplicates",
                    "its hours",
                    fed,
                    "the period",
                    book.rows() + book.duplicates());
        }
    }

    private void dropMoved(
            List<Finding> findings,
            SortedMap<String, HourBook> hours,
            List<Edge> edges,
            SortedMap<String, PartitionBook> built) {
        SortedMap<String, HourBook> hoursNow = books.hours(table);
        SortedMap<String, PartitionBook> builtNow = partitions.of(table);
        boolean edgesMoved = !books.edges(table).equals(edges);
        findings.removeIf(finding -> edgesMoved
                || !Objects.equals(hours.get(finding.period()), hoursNow.get(finding.period()))
                || !Objects.equals(built.get(finding.period()), builtNow.get(finding.period())));
    }

    private void find(
            List<Finding> findings,
            String period,
            String what,
            String expectedBy,
            long expected,
            String foundIn,
            long found) {
        findings.add(new Finding(table, period, what, expectedBy, "" + expected, foundIn, "" + found));
    }
}
