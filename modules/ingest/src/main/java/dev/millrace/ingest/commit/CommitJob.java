package dev.millrace.ingest.commit;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.millrace.contract.Contract;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Books;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.Edge;
import dev.millrace.control.HourBook;
import dev.millrace.control.Json;
import dev.millrace.control.Plans;
import dev.millrace.control.TableLock;
import dev.millrace.ingest.clean.ShardJob;
import dev.millrace.ingest.clean.ShardResult;
import dev.millrace.ingest.clean.ShardResult.UnitResult;
import dev.millrace.ingest.plan.IngestPlan;
import dev.millrace.ingest.plan.IngestPlan.Mode;
import dev.millrace.ingest.plan.IngestPlan.PlannedHour;
import dev.millrace.ingest.plan.IngestPlan.PlannedTable;
import dev.millrace.job.ExitCode;
import dev.millrace.job.LogContext;
import dev.millrace.job.Milestone;
import dev.millrace.lake.Lake;
import dev.millrace.lake.LakeFile;
import dev.millrace.lake.LakeTable;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what the shards of a plan wrote, table by table, under the table's lock: manifest, quarantine, clean rows, books.
 * Running it again after it died anywhere finishes what is left and repeats nothing: what the lake has under this plan's id is
 * left alone, and hours that the books know under this plan are done.
 */
public final class CommitJob {
    private static final Logger LOG = LoggerFactory.getLogger(CommitJob.class);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Contract contract;
    private final ControlDatabase control;
    private final Lake lake;
    private final Clock clock;

    public CommitJob(Contract contract, ControlDatabase control, Lake lake, Clock clock) {
        this.contract = contract;
        this.control = control;
        this.lake = lake;
        this.clock = clock;
    }

    /** How it ended, and the hours concerned. Moved hours were changed by another run after the plan was made. */
    public record Committed(
            ExitCode exitCode, List<String> held, List<String> moved, Totals totals, SortedMap<String, Totals> tables) {
        @JsonIgnore
        public String sentence() {
            return totals.hours() + " hours committed: " + totals.landed() + " records landed, " + totals.clean()
                    + " clean, "
                    + totals.duplicate() + " duplicate, " + totals.quarantined() + " quarantined; " + held.size()
                    + " hours held, " + moved.size() + " moved";
        }
    }

    /** Records of the committed hours. */
    public record Totals(long hours, long landed, long clean, long duplicate, long quarantined) {
        static final Totals NOTHING = new Totals(0, 0, 0, 0, 0);

        Totals plus(Totals other) {
            return new Totals(
                    hours + other.hours,
                    landed + other.landed,
                    clean + other.clean,
                    duplicate + other.duplicate,
                    quarantined + other.quarantined);
        }

        Totals plus(HourBook hour) {
            return new Totals(
                    hours + 1,
                    landed + hour.landed(),
                    clean + hour.clean(),
                    duplicate + hour.duplicate(),
                    quarantined + hour.quarantined());
        }
    }

    public Committed run(String planId) {
        IngestPlan plan = Json.read(new Plans(control).body(planId), IngestPlan.class);
        List<UnitResult> results = results(plan);
        List<String> held = new ArrayList<>();
        List<String> moved = new ArrayList<>();
        SortedMap<String, Totals> tables = new TreeMap<>();
        for (PlannedTable planned : plan.tables()) {
            Totals totals = Totals.NOTHING;
            try (LogContext context = LogContext.fresh().table(planned.table())) {
                for (ExaminedHour hour : commit(plan, planned, results, moved)) {
                    totals = totals.plus(hour.book());
                    if (hour.book().held()) {
                        held.add(planned.table() + " " + hour.book().hour());
                        tell(planned.table(), hour.book());
                    }
                }
            }
            tables.put(planned.table(), totals);
        }
        ExitCode exitCode = !moved.isEmpty() ? ExitCode.TEMPORARY : held.isEmpty() ? ExitCode.DONE : ExitCode.BROKEN;
        if (!moved.isEmpty()) {
            LOG.error(
                    "Hours {} were changed by another run after plan {} was made: nothing of them was committed. Plan again.",
                    String.join(", ", moved),
                    planId);
        }
        Totals all = tables.values().stream().reduce(Totals.NOTHING, Totals::plus);
        return new Committed(exitCode, held, moved, all, tables);
    }

    private List<UnitResult> results(IngestPlan plan) {
        List<UnitResult> results = new ArrayList<>();
        for (int shard = 0; shard < plan.shards(); shard++) {
            byte[] document = lake.document(ShardResult.path(plan.planId(), shard));
            results.addAll(Json.read(new String(document, StandardCharsets.UTF_8), ShardResult.class)
                    .units());
        }
        return results;
    }

    private List<ExaminedHour> commit(
            IngestPlan plan, PlannedTable planned, List<UnitResult> results, List<String> moved) {
        SourceTable source = ShardJob.source(contract, planned.table());
        Books books = new Books(control);
        LakeTable clean = lake.clean(source);
        LakeTable quarantine = lake.quarantine(source);
        try (TableLock lock = TableLock.take(control, Lake.CLEAN + "." + source.name(), PATIENCE)) {
            SortedMap<String, HourBook> recorded = books.hours(source.name());
            String cleanId = plan.planId() + ":" + Lake.CLEAN;
            String quarantineId = plan.planId() + ":" + Lake.QUARANTINE;
            boolean cleanIsThere = clean.hasCommit(cleanId);
            Map<String, List<Edge>> edges =
                    books.edges(source.name()).stream().collect(Collectors.groupingBy(Edge::hour));
            List<ExaminedHour> hours = new ArrayList<>();
            for (PlannedHour hour : planned.hours()) {
                Optional<HourBook> before = Optional.ofNullable(recorded.get(hour.hour()));
                boolean ours = before.filter(book -> book.planId().equals(plan.planId()))
                        .isPresent();
                boolean unmoved =
                        before.map(HourBook::generation).orElse(0L) == hour.generation() || announcedBy(plan, before);
                if (ours) {
                    continue;
                }
                if (!unmoved || (!cleanIsThere && grewBehindOurBack(clean, hour, before))) {
                    moved.add(source.name() + " " + hour.hour());
                    continue;
                }
                hours.add(ExaminedHour.of(
                        source,
                        plan.planId(),
                        hour,
                        before,
                        edges.getOrDefault(hour.hour(), List.of()),
                        of(results, source, hour)));
            }
            if (hours.isEmpty()) {
                return hours;
            }
            Milestone.passed("ingest.locked");
            lake.putDocument(
                    "manifests/" + source.name() + "/" + plan.planId() + ".json",
                    Json.write(new Manifest(plan.planId(), source.name(), lock.fence(), hours))
                            .getBytes(StandardCharsets.UTF_8));
            Milestone.passed("ingest.manifest");
            control.transact(connection -> {
                lock.confirm(connection);
                for (ExaminedHour hour : hours) {
                    books.announce(connection, source.name(), hour.book().hour(), plan.planId(), clock.instant());
                }
            });
            Milestone.passed("ingest.announced");
            if (!quarantine.hasCommit(quarantineId)) {
                publish(quarantine, quarantineId, lock.fence(), hours, ExaminedHour::quarantineFiles);
            }
            Milestone.passed("ingest.quarantine");
            if (!cleanIsThere) {
                List<ExaminedHour> published =
                        hours.stream().filter(hour -> !hour.book().held()).toList();
                publish(clean, cleanId, lock.fence(), published, ExaminedHour::cleanFiles);
            }
            Milestone.passed("ingest.clean");
            control.transact(connection -> {
                lock.confirm(connection);
                for (ExaminedHour hour : hours) {
                    books.record(connection, source.name(), hour.book(), hour.newEdges(), clock.instant());
                }
                new Plans(control).committed(connection, plan.planId(), clock.instant());
            });
            Milestone.passed("ingest.books");
            return hours;
        }
    }

    /** Whether an earlier attempt of this plan began to change the lake, and nobody has taken over since. */
    private static boolean announcedBy(IngestPlan plan, Optional<HourBook> before) {
        return before.map(book -> book.madeOf().parts().get(HourBook.PUBLISHING))
                .filter(planId -> planId.equals(plan.planId()))
                .isPresent();
    }

    /** Whether rows were added that the books do not know: by an attempt that died between the lake's commit and the books. */
    private static boolean grewBehindOurBack(LakeTable clean, PlannedHour hour, Optional<HourBook> before) {
        return hour.mode() == Mode.ADD
                && clean.rows(hour.hour()) != before.map(HourBook::published).orElse(0L);
    }

    private static List<UnitResult> of(List<UnitResult> results, SourceTable source, PlannedHour hour) {
        return results.stream()
                .filter(result ->
                        result.table().equals(source.name()) && result.hour().equals(hour.hour()))
                .toList();
    }

    private static void publish(
            LakeTable table,
            String id,
            long fence,
            List<ExaminedHour> hours,
            Function<ExaminedHour, List<LakeFile>> files) {
        Map<String, Long> stored =
                table.rowsByHour(hours.stream().map(hour -> hour.book().hour()).toList());
        List<String> replaced = hours.stream()
                .filter(hour -> hour.mode() == Mode.REBUILD)
                .map(hour -> hour.book().hour())
                .filter(stored::containsKey)
                .toList();
        List<LakeFile> added =
                hours.stream().flatMap(hour -> files.apply(hour).stream()).toList();
        if (!replaced.isEmpty() || !added.isEmpty()) {
            table.commit(replaced, added, id, fence);
        }
    }

    private static void tell(String table, HourBook hour) {
        try (LogContext context = LogContext.fresh().partition(hour.hour())) {
            LOG.error(
                    "Hour {} of table {} is held: {} of {} records are quarantined ({}). Its clean rows stay what they were."
                            + " Fix the objects or the contract, or accept it with --accept-held {}.",
                    hour.hour(),
                    table,
                    hour.quarantined(),
                    hour.landed(),
                    hour.reasons(),
                    hour.hour());
        }
    }
}
