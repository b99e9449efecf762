package dev.millrace.ingest.clean;

import dev.millrace.contract.Contract;
import dev.millrace.contract.SourceTable;
import dev.millrace.contract.Table;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.Json;
import dev.millrace.control.Plans;
import dev.millrace.ingest.clean.ShardResult.UnitResult;
import dev.millrace.ingest.decode.ObjectDecoder;
import dev.millrace.ingest.landed.LandingBucket;
import dev.millrace.ingest.mask.HashKey;
import dev.millrace.ingest.plan.IngestPlan.PlannedObject;
import dev.millrace.ingest.plan.IngestPlan.Shard;
import dev.millrace.ingest.plan.IngestPlan.Unit;
import dev.millrace.job.Awaited;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.job.Milestone;
import dev.millrace.lake.Lake;
import dev.millrace.lake.LakeTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Reads one shard of a plan: each unit by a thread of its own, as many at a time as there are cores. The files wait beside the
 * data, and the list of them is written last; running a shard again simply writes another list.
 */
public final class ShardJob {
    private static final Logger LOG = LoggerFactory.getLogger(ShardJob.class);
    private static final long LARGEST_ROW_GROUP = 64L << 20;
    private static final long SMALLEST_ROW_GROUP = 4L << 20;

    private final Contract contract;
    private final ControlDatabase control;
    private final LandingBucket bucket;
    private final Lake lake;
    private final Optional<HashKey> key;
    private final int threads;

    /** @param key of the contract's masks, where it has some */
    public ShardJob(
            Contract contract,
            ControlDatabase control,
            LandingBucket bucket,
            Lake lake,
            Optional<HashKey> key,
            int threads) {
        this.contract = contract;
        this.control = control;
        this.bucket = bucket;
        this.lake = lake;
        this.key = key;
        this.threads = threads;
    }

    public ShardResult run(String planId, int number) {
        Shard shard = Json.read(new Plans(control).shard(planId, number), Shard.class);
        Map<String, Tables> tables = tables(shard);
        ShardResult result = new ShardResult(planId, number, work(shard, tables));
        Milestone.passed("ingest.read");
        lake.putDocument(ShardResult.path(planId, number), Json.write(result).getBytes(StandardCharsets.UTF_8));
        LOG.info(
                "shard {} of plan {}: {} objects read",
                number,
                planId,
                shard.units().stream().mapToInt(unit -> unit.objects().size()).sum());
        return result;
    }

    private record Tables(SourceTable source, LakeTable clean, LakeTable quarantine) {}

    private Map<String, Tables> tables(Shard shard) {
        Map<String, Tables> tables = new HashMap<>();
        for (Unit unit : shard.units()) {
            tables.computeIfAbsent(unit.table(), name -> {
                SourceTable source = source(contract, name);
                return new Tables(source, lake.clean(source), lake.quarantine(source));
            });
        }
        return tables;
    }

    /** The source table of a plan, which may have been made under another contract. */
    public static SourceTable source(Contract contract, String name) {
        Table table = contract.table(name).orElse(null);
        if (table instanceof SourceTable source) {
            return source;
        }
        throw new JobException(
                ExitCode.TEMPORARY,
                "The contract of " + contract.pipeline() + " has no source table " + name + " any more: plan again.");
    }

    private List<UnitResult> work(Shard shard, Map<String, Tables> tables) {
        int workers = Math.max(1, Math.min(threads, shard.units().size()));
        long rowGroup = Math.min(
                LARGEST_ROW_GROUP,
                Math.max(SMALLEST_ROW_GROUP, Runtime.getRuntime().maxMemory() / (12L * workers)));
        List<Unit> largestFirst = new ArrayList<>(shard.units());
        largestFirst.sort(Comparator.comparingLong(ShardJob::bytes).reversed());
        ExecutorService pool = Executors.newFixedThreadPool(workers);
        try {
            List<Future<UnitResult>> futures = new ArrayList<>();
            Map<String, String> facts = MDC.getCopyOfContextMap();
            for (Unit unit : largestFirst) {
                futures.add(pool.submit(() -> {
                    MDC.setContextMap(facts == null ? Map.of() : facts);
                    return work(unit, Objects.requireNonNull(tables.get(unit.table())), rowGroup);
                }));
            }
            List<UnitResult> results = new ArrayList<>();
            for (Future<UnitResult> future : futures) {
                results.add(Awaited.result(future));
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ExitCode.TEMPORARY, "Ingest was interrupted: run again.", e);
        } finally {
            pool.shutdownNow();
        }
    }

    private UnitResult work(Unit unit, Tables tables, long rowGroup) {
        SourceTable source = tables.source();
        UnitWork work = new UnitWork(
                source,
                bucket,
                tables.clean(),
                tables.quarantine(),
                ObjectDecoder.of(source, key),
                key.map(HashKey::hasher),
                rowGroup);
        try {
            return work.run(unit);
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.TEMPORARY,
                    "Reading the objects of hour " + unit.hour() + " of table " + unit.table() + " failed: "
                            + e.getMessage() + ". Run again.",
                    e);
        }
    }

    private static long bytes(Unit unit) {
        return unit.objects().stream().mapToLong(PlannedObject::size).sum();
    }
}
