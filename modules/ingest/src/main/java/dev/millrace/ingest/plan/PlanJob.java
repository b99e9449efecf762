package dev.millrace.ingest.plan;

import dev.millrace.contract.Contract;
import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Books;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.HourBook;
import dev.millrace.control.Json;
import dev.millrace.control.Plans;
import dev.millrace.ingest.landed.LandingBucket;
import dev.millrace.ingest.plan.IngestPlan.PlannedHour;
import dev.millrace.ingest.plan.IngestPlan.PlannedObject;
import dev.millrace.ingest.plan.IngestPlan.PlannedTable;
import dev.millrace.ingest.plan.IngestPlan.Shard;
import dev.millrace.ingest.plan.IngestPlan.Unit;
import dev.millrace.job.LogContext;
import dev.millrace.lake.Lake;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the stale hours of an interval and freezes what is to be done about them. */
public final class PlanJob {
    private static final Logger LOG = LoggerFactory.getLogger(PlanJob.class);
    /** One thread reads at least so much into a file, and not much more than that many at once. */
    private static final long UNIT_BYTES = 64L << 20;

    private final Contract contract;
    private final ControlDatabase control;
    private final LandingBucket bucket;
    private final Supplier<Lake> lake;
    private final Optional<String> maskKey;
    private final long shardBytes;
    private final Clock clock;

    /**
     * @param lake opened only where an hour merely gained objects, so that a plan for nothing stays quick
     * @param maskKey the id of the key of the contract's masks, where it has some
     * @param shardBytes one process reads about so much; a smaller plan is one shard
     */
    public PlanJob(
            Contract contract,
            ControlDatabase control,
            LandingBucket bucket,
            Supplier<Lake> lake,
            Optional<String> maskKey,
            long shardBytes,
            Clock clock) {
        this.contract = contract;
        this.control = control;
        this.bucket = bucket;
        this.lake = lake;
        this.maskKey = maskKey;
        this.shardBytes = shardBytes;
        this.clock = clock;
    }

    /** What a plan came to. Without stale hours nothing is frozen. */
    public record Planned(IngestPlan plan, List<Held> held, List<String> leftOut, int hours, int objects) {
        public boolean isEmpty() {
            return plan.tables().isEmpty();
        }
    }

    /** An hour that stays held, as nothing about it has changed. */
    public record Held(String table, HourBook hour) {}

    /** Looks, and changes nothing. */
    public Planned look(
            String planId, LandingHour from, LandingHour to, boolean lookBack, TablePlanner.Acceptance acceptance) {
        List<PlannedTable> tables = new ArrayList<>();
        List<Held> held = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        int hours = 0;
        int objects = 0;
        for (SourceTable table : contract.sources()) {
            LandingHour first = lookBack ? from.plus(-table.lookBackHours()) : from;
            TablePlanner planner = new TablePlanner(
                    table,
                    new Books(control),
                    bucket,
                    acceptance,
                    maskKey,
                    hour -> lake.get().clean(table).rows(hour));
            TablePlanner.Found found = planner.plan(first, to);
            if (!found.stale().isEmpty()) {
                tables.add(new PlannedTable(table.name(), found.stale()));
            }
            found.held().forEach(hour -> held.add(new Held(table.name(), hour)));
            leftOut.addAll(found.leftOut());
            hours += found.hours();
            objects += found.objects();
        }
        IngestPlan draft = new IngestPlan(planId, contract.pipeline(), from.toString(), to.toString(), tables, 0);
        IngestPlan plan = new IngestPlan(
                planId,
                contract.pipeline(),
                from.toString(),
                to.toString(),
                tables,
                shards(draft).size());
        return new Planned(plan, held, leftOut, hours, objects);
    }

    /** Freezes a plan, so that its shards can be run and it can be committed. */
    public void freeze(IngestPlan plan) {
        List<String> shards = shards(plan).stream().map(Json::write).toList();
        new Plans(control).freeze(plan.planId(), plan.pipeline(), Json.write(plan), shards, clock.instant());
    }

    /** Tells of each stale hour why, of each held one that it is, and of what was left out. */
    public void tell(Planned planned) {
        for (PlannedTable table : planned.plan().tables()) {
            try (LogContext context = LogContext.fresh().table(table.table())) {
                for (PlannedHour hour : table.hours()) {
                    try (LogContext partition = LogContext.fresh().partition(hour.hour())) {
                        LOG.info(
                                "stale: {} ({} objects, {} bytes to read)",
                                hour.why(),
                                hour.objects().size(),
                                hour.bytes());
                    }
                }
            }
        }
        for (Held held : planned.held()) {
            LOG.warn(
                    "Hour {} of table {} stays held: {} of its {} records are quarantined. Fix the objects or the contract,"
                            + " or accept it with --accept-held {}.",
                    held.hour().hour(),
                    held.table(),
                    held.hour().quarantined(),
                    held.hour().landed(),
                    held.hour().hour());
        }
        if (!planned.leftOut().isEmpty()) {
            LOG.warn(
                    "{} keys or folders below the prefix fit no landing hour and were left out, the first is {}.",
                    planned.leftOut().size(),
                    planned.leftOut().get(0));
        }
    }

    private List<Shard> shards(IngestPlan plan) {
        List<Shard> shards = new ArrayList<>();
        List<Unit> units = new ArrayList<>();
        long bytes = 0;
        for (Unit unit : units(plan)) {
            long size = unit.objects().stream().mapToLong(PlannedObject::size).sum();
            if (!units.isEmpty() && bytes + size > shardBytes) {
                shards.add(new Shard(plan.planId(), plan.pipeline(), shards.size(), units));
                units = new ArrayList<>();
                bytes = 0;
            }
            units.add(unit);
            bytes += size;
        }
        if (!units.isEmpty()) {
            shards.add(new Shard(plan.planId(), plan.pipeline(), shards.size(), units));
        }
        return shards;
    }

    private static List<Unit> units(IngestPlan plan) {
        List<Unit> units = new ArrayList<>();
        for (PlannedTable table : plan.tables()) {
            for (PlannedHour hour : table.hours()) {
                List<PlannedObject> objects = new ArrayList<>();
                long bytes = 0;
                for (PlannedObject object : hour.objects()) {
                    if (object.action() != IngestPlan.Action.KEEP) {
                        objects.add(object);
                        bytes += object.action().reads() ? object.size() : 0;
                        if (bytes >= UNIT_BYTES) {
                            units.add(new Unit(table.table(), hour.hour(), objects));
                            objects = new ArrayList<>();
                            bytes = 0;
                        }
                    }
                }
                if (!objects.isEmpty()) {
                    units.add(new Unit(table.table(), hour.hour(), objects));
                }
            }
        }
        return units;
    }
}
