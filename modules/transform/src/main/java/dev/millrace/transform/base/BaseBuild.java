package dev.millrace.transform.base;

import static org.apache.spark.sql.functions.col;

import dev.millrace.contract.LandingHour;
import dev.millrace.contract.Lineage;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Books;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.Edge;
import dev.millrace.control.PartitionBook;
import dev.millrace.control.PartitionBook.Layer;
import dev.millrace.control.Partitions;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.transform.publish.Attempt;
import dev.millrace.transform.publish.Contents;
import dev.millrace.transform.publish.Contents.Content;
import dev.millrace.transform.publish.Evaluated;
import dev.millrace.transform.publish.Published;
import dev.millrace.transform.publish.Quality;
import dev.millrace.transform.session.LakeSession;
import dev.millrace.transform.stale.BaseStaleness;
import dev.millrace.transform.stale.StalePeriod;
import dev.millrace.transform.stale.Stamps;
import dev.millrace.transform.stale.Window;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Builds the stale periods of a base table from clean rows. */
public final class BaseBuild {

    private final LakeSession session;
    private final ControlDatabase control;
    private final SourceTable table;
    private final String settings;
    private final String runId;
    private final Clock clock;

    public BaseBuild(
            LakeSession session,
            ControlDatabase control,
            SourceTable table,
            String settings,
            String runId,
            Clock clock) {
        this.session = session;
        this.control = control;
        this.table = table;
        this.settings = settings;
        this.runId = runId;
        this.clock = clock;
    }

    public Published run(Duration patience) {
        try (Attempt attempt = Attempt.begin(session, control, Layer.BASE, table, runId, patience)) {
            // Asked again under the lock: another run may have built some of it meanwhile.
            List<Edge> edges = new Books(control).edges(table.name());
            SortedMap<String, PartitionBook> books = new Partitions(control).of(table.name());
            List<StalePeriod> stale = new BaseStaleness(table, settings).of(edges, books);
            if (stale.isEmpty()) {
                return Published.none(table.name());
            }
            return build(attempt, new Feeds(edges, stale), books, stale);
        }
    }

    private Published build(
            Attempt attempt, Feeds feeds, SortedMap<String, PartitionBook> books, List<StalePeriod> stale) {
        session.sizeFor(feeds.rows());
        Map<String, StalePeriod> without = new TreeMap<>();
        Map<String, StalePeriod> with = new TreeMap<>();
        stale.forEach(period -> (period.rows() == 0 ? without : with).put(period.period(), period));

        Published.Builder outcome = new Published.Builder(table.name());
        if (!with.isEmpty()) {
            CleanRows clean = CleanRows.pin(session, table.name());
            try (Duplicates duplicates = duplicates(clean, feeds, with.keySet())) {
                Rows rows = new Rows(attempt, clean, feeds, duplicates);
                restampUnchanged(rows, with, books, outcome);
                rewrite(rows, with, outcome);
            }
        }
        attempt.empty(without.keySet());
        without.values().forEach(period -> outcome.rewritten(book(period, Content.NOTHING, Content.NOTHING)));
        Published published = outcome.build();
        attempt.publish(published, clock);
        return published;
    }

    private Duplicates duplicates(CleanRows clean, Feeds feeds, Set<String> periods) {
        if (table.key().isEmpty()) {
            return Duplicates.none();
        }
        NavigableSet<LandingHour> hours = feeds.window(table.dedupWindowHours());
        return Duplicates.find(clean.of(hours), feeds.rows(hours), table.key(), table.dedupWindowHours(), periods);
    }

    /** Takes out the periods that turn out to hold already what they should. */
    private void restampUnchanged(
            Rows rows,
            Map<String, StalePeriod> stale,
            SortedMap<String, PartitionBook> books,
            Published.Builder outcome) {
        List<String> likely = new ArrayList<>();
        long about = 0;
        for (StalePeriod period : List.copyOf(stale.values())) {
            PartitionBook book = books.get(period.period());
            if (book == null || !Stamps.settled(book)) {
                continue;
            }
            Content duplicates = rows.duplicates().of(period.period());
            if (Stamps.sameRows(book.madeOf(), period.madeOf())
                    && book.duplicateContent().equals(duplicates.digest())) {
                outcome.restamped(book(period, new Content(book.rows(), book.content()), duplicates));
                stale.remove(period.period());
            } else if (book.rows() == period.rows() - duplicates.rows()) {
                likely.add(period.period());
                about += period.rows();
            }
        }
        if (!likely.isEmpty()) {
            List<String> digested = rows.attempt().shape().digested();
            Map<String, Content> contents = about > Evaluated.FEW
                    ? Contents.of(rows.of(likely), digested)
                    : Contents.ofFew(rows.of(likely), digested);
            for (String key : likely) {
                PartitionBook book = books.get(key);
                StalePeriod period = stale.get(key);
                Content content = contents.getOrDefault(key, Content.NOTHING);
                if (book != null && period != null && book.content().equals(content.digest())) {
                    outcome.restamped(book(period, content, rows.duplicates().of(key)));
                    stale.remove(key);
                }
            }
        }
    }

    private void rewrite(Rows rows, Map<String, StalePeriod> stale, Published.Builder outcome) {
        if (stale.isEmpty()) {
            return;
        }
        Attempt attempt = rows.attempt();
        attempt.overwrite(rows.of(stale.keySet()), stale.keySet());
        Map<String, Content> contents = new Quality(table, Layer.BASE.namespace())
                .audited(
                        attempt.written(stale.keySet()),
                        attempt.shape().digested(),
                        stale.values().stream().mapToLong(StalePeriod::rows).sum());
        for (StalePeriod period : stale.values()) {
            Content content = contents.getOrDefault(period.period(), Content.NOTHING);
            Content duplicates = rows.duplicates().of(period.period());
            balance(rows, period, content, duplicates);
            outcome.rewritten(book(period, content, duplicates));
        }
    }

    private void balance(Rows rows, StalePeriod period, Content content, Content duplicates) {
        if (content.rows() + duplicates.rows() == period.rows()) {
            return;
        }
        long clean = rows.clean()
                .of(rows.feeds().hours(Set.of(period.period())))
                .where(col(Lineage.PERIOD).equalTo(period.period()))
                .count();
        if (clean != period.rows()) {
            throw new JobException(
                    ExitCode.TEMPORARY,
                    "Table clean." + table.name() + " has " + clean + " rows of period " + period.period()
                            + ", and the books say " + period.rows()
                            + ": an ingest commit is under way or did not finish. Run it again, then this.");
        }
        throw new JobException(
                ExitCode.BROKEN,
                "The books of table base." + table.name() + ", period " + period.period() + " do not balance: "
                        + period.rows() + " clean rows are not " + content.rows() + " base rows and "
                        + duplicates.rows() + " duplicates. Nothing of it is published.");
    }

    private PartitionBook book(StalePeriod period, Content content, Content duplicates) {
        return new PartitionBook(
                period.period(),
                Layer.BASE,
                period.madeOf(),
                content.digest(),
                content.rows(),
                duplicates.rows(),
                duplicates.digest(),
                runId);
    }

    /** Which hours feed the stale periods. */
    private static final class Feeds {
        private final Map<String, List<Edge>> byPeriod = new HashMap<>();
        private final NavigableSet<LandingHour> withRows = new TreeSet<>();
        private final Set<String> stale;

        Feeds(List<Edge> edges, List<StalePeriod> stale) {
            this.stale = stale.stream().map(StalePeriod::period).collect(Collectors.toSet());
            for (Edge edge : edges) {
                byPeriod.computeIfAbsent(edge.period(), period -> new ArrayList<>())
                        .add(edge);
                withRows.add(LandingHour.of(edge.hour()));
            }
        }

        long rows() {
            return feeding(stale).stream().mapToLong(Edge::rows).sum();
        }

        /** In all periods. */
        long rows(Set<LandingHour> hours) {
            return byPeriod.values().stream()
                    .flatMap(List::stream)
                    .filter(edge -> hours.contains(LandingHour.of(edge.hour())))
                    .mapToLong(Edge::rows)
                    .sum();
        }

        NavigableSet<LandingHour> hours(Collection<String> periods) {
            return feeding(periods).stream()
                    .map(edge -> LandingHour.of(edge.hour()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        NavigableSet<LandingHour> window(int hours) {
            return Window.behind(feeding(stale), hours, withRows);
        }

        private List<Edge> feeding(Collection<String> periods) {
            return periods.stream()
                    .flatMap(period -> byPeriod.getOrDefault(period, List.of()).stream())
                    .toList();
        }
    }

    private record Rows(Attempt attempt, CleanRows clean, Feeds feeds, Duplicates duplicates) {
        Dataset<Row> of(Collection<String> periods) {
            StructType wanted = attempt.shape().sparkSchema();
            return duplicates
                    .removedFrom(clean.of(feeds.hours(periods), wanted)
                            .where(col(Lineage.PERIOD).isin(periods.toArray())))
                    .select(attempt.shape().sparkColumns());
        }
    }
}
