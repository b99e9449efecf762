package dev.millrace.transform.model;

import static org.apache.spark.sql.functions.col;

import dev.millrace.contract.Column;
import dev.millrace.contract.Contract;
import dev.millrace.contract.Lineage;
import dev.millrace.contract.ModelTable;
import dev.millrace.contract.ModelTable.Input;
import dev.millrace.contract.ModelTable.Reach;
import dev.millrace.contract.SourceTable;
import dev.millrace.contract.Table;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.PartitionBook;
import dev.millrace.control.PartitionBook.Layer;
import dev.millrace.control.Partitions;
import dev.millrace.transform.publish.Attempt;
import dev.millrace.transform.publish.ContentDigest;
import dev.millrace.transform.publish.Contents.Content;
import dev.millrace.transform.publish.Evaluated;
import dev.millrace.transform.publish.Published;
import dev.millrace.transform.publish.Quality;
import dev.millrace.transform.publish.TableShape;
import dev.millrace.transform.session.LakeSession;
import dev.millrace.transform.stale.ModelStaleness;
import dev.millrace.transform.stale.Reading;
import dev.millrace.transform.stale.StalePeriod;
import dev.millrace.transform.stale.Stamps;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.iceberg.Snapshot;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Builds the stale periods of a model. */
public final class ModelBuild {
    /** So many periods make one statement: each is planned by itself, and a plan of too many is slow to plan. */
    private static final int PERIODS_AT_ONCE = 24;

    private final LakeSession session;
    private final ControlDatabase control;
    private final Contract contract;
    private final ModelTable model;
    private final String digest;
    private final String runId;
    private final Clock clock;

    public ModelBuild(
            LakeSession session,
            ControlDatabase control,
            Contract contract,
            ModelTable model,
            String digest,
            String runId,
            Clock clock) {
        this.session = session;
        this.control = control;
        this.contract = contract;
        this.model = model;
        this.digest = digest;
        this.runId = runId;
        this.clock = clock;
    }

    public Published run(Duration patience) {
        try (Attempt attempt = Attempt.begin(session, control, Layer.MODEL, model, runId, patience)) {
            Partitions partitions = new Partitions(control);
            Map<String, SortedMap<String, PartitionBook>> inputs = new HashMap<>();
            for (Input input : model.inputs()) {
                inputs.put(input.table(), partitions.of(input.table()));
            }
            SortedMap<String, PartitionBook> books = partitions.of(model.name());
            List<StalePeriod> stale = new ModelStaleness(contract, model, digest).of(inputs, books);
            if (stale.isEmpty()) {
                return Published.none(model.name());
            }
            long rows = stale.stream().mapToLong(StalePeriod::rows).sum();
            session.sizeFor(rows);
            return build(attempt, inputs, books, stale, rows);
        }
    }

    private Published build(
            Attempt attempt,
            Map<String, SortedMap<String, PartitionBook>> inputs,
            SortedMap<String, PartitionBook> books,
            List<StalePeriod> stale,
            long inputRows) {
        Views views = new Views(inputs);
        ModelRows rows = new ModelRows(session.spark(), model, attempt.shape());
        Quality quality = new Quality(model, Layer.MODEL.namespace());
        Published.Builder outcome = new Published.Builder(model.name());
        for (int from = 0; from < stale.size(); from += PERIODS_AT_ONCE) {
            List<StalePeriod> batch = stale.subList(from, Math.min(stale.size(), from + PERIODS_AT_ONCE));
            Dataset<Row> made = batch.stream()
                    .map(period -> rows.of(period.period(), views.cutTo(period.period())))
                    .reduce(Dataset::union)
                    .orElseThrow();
            if (batch.stream().noneMatch(period -> settled(books, period).isPresent())) {
                // Nothing is there that the rows might turn out to be.
                rewrite(attempt, made, batch, quality, outcome);
            } else {
                try (Evaluated evaluated =
                        inputRows > Evaluated.FEW ? Evaluated.many(made) : Evaluated.upTo(Evaluated.FEW, made)) {
                    compare(attempt, evaluated, batch, books, quality, outcome);
                }
            }
        }
        Published published = outcome.build();
        attempt.publish(published, clock);
        return published;
    }

    /** Rewrites those periods alone whose rows differ from what they hold. */
    private void compare(
            Attempt attempt,
            Evaluated made,
            List<StalePeriod> batch,
            SortedMap<String, PartitionBook> books,
            Quality quality,
            Published.Builder outcome) {
        Map<String, Content> contents = made.contents(attempt.shape().digested());
        List<StalePeriod> without = new ArrayList<>();
        List<StalePeriod> with = new ArrayList<>();
        for (StalePeriod period : batch) {
            Content content = contents.getOrDefault(period.period(), Content.NOTHING);
            if (settled(books, period).filter(content::isThatOf).isPresent()) {
                outcome.restamped(book(period, content));
            } else {
                (contents.containsKey(period.period()) ? with : without).add(period);
            }
        }
        if (!with.isEmpty()) {
            rewrite(
                    attempt,
                    made.rows().where(col(Lineage.PERIOD).isin(keys(with).toArray())),
                    with,
                    quality,
                    outcome);
        }
        attempt.empty(keys(without));
        without.forEach(period -> outcome.rewritten(book(period, Content.NOTHING)));
    }

    private void rewrite(
            Attempt attempt, Dataset<Row> made, List<StalePeriod> periods, Quality quality, Published.Builder outcome) {
        List<String> keys = keys(periods);
        attempt.overwrite(made.select(attempt.shape().sparkColumns()), keys);
        Map<String, Content> audited = quality.audited(
                attempt.written(keys),
                attempt.shape().digested(),
                periods.stream().mapToLong(StalePeriod::rows).sum());
        for (StalePeriod period : periods) {
            outcome.rewritten(book(period, audited.getOrDefault(period.period(), Content.NOTHING)));
        }
    }

    private static List<String> keys(List<StalePeriod> periods) {
        return periods.stream().map(StalePeriod::period).toList();
    }

    private static Optional<PartitionBook> settled(SortedMap<String, PartitionBook> books, StalePeriod period) {
        return Optional.ofNullable(books.get(period.period())).filter(Stamps::settled);
    }

    private PartitionBook book(StalePeriod period, Content content) {
        return new PartitionBook(
                period.period(),
                Layer.MODEL,
                period.madeOf(),
                content.digest(),
                content.rows(),
                0,
                ContentDigest.ofNothing(),
                runId);
    }

    /** The inputs, each at one snapshot: pinned after the books were read, and so never older than they say. */
    private final class Views {
        private final Map<String, SortedMap<String, PartitionBook>> books;
        private final Map<String, Dataset<Row>> whole = new LinkedHashMap<>();

        Views(Map<String, SortedMap<String, PartitionBook>> books) {
            this.books = books;
            for (Input input : model.inputs()) {
                whole.put(input.table(), pinned(table(input)));
            }
        }

        Map<String, Dataset<Row>> cutTo(String period) {
            Map<String, Dataset<Row>> views = new LinkedHashMap<>();
            for (Input input : model.inputs()) {
                Table table = table(input);
                Dataset<Row> rows =
                        whole.getOrDefault(input.table(), session.spark().emptyDataFrame());
                if (!(input.reach() instanceof Reach.All)) {
                    List<String> read = Reading.read(
                            model.period(),
                            period,
                            input.reach(),
                            table.period(),
                            books.getOrDefault(input.table(), new TreeMap<>()).keySet());
                    rows = rows.where(col(Lineage.PERIOD).isin(read.toArray()));
                }
                views.put(input.table(), rows.select(offered(table)));
            }
            return views;
        }

        private Table table(Input input) {
            return contract.table(input.table()).orElseThrow();
        }

        private org.apache.spark.sql.Column[] offered(Table table) {
            Stream<String> lineage = table instanceof SourceTable
                    ? Stream.of(Lineage.OBJECT, Lineage.ETAG, Lineage.RECORD)
                    : Stream.of();
            return Stream.concat(table.columns().stream().map(Column::name), lineage)
                    .map(name -> col("`" + name + "`"))
                    .toArray(org.apache.spark.sql.Column[]::new);
        }

        private Dataset<Row> pinned(Table table) {
            Layer layer = table instanceof SourceTable ? Layer.BASE : Layer.MODEL;
            Optional<Snapshot> snapshot = session.find(layer.namespace(), table.name())
                    .flatMap(found -> Optional.ofNullable(found.currentSnapshot()));
            if (snapshot.isEmpty()) {
                return session.spark().createDataFrame(List.of(), new TableShape(table, layer).sparkSchema());
            }
            return session.spark()
                    .read()
                    .option("versionAsOf", Long.toString(snapshot.get().snapshotId()))
                    .table(LakeSession.name(layer.namespace(), table.name()));
        }
    }
}
