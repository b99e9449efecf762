package dev.millrace.ingest.clean;

import dev.millrace.contract.Column;
import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Edge;
import dev.millrace.ingest.clean.ShardResult.CountedObject;
import dev.millrace.ingest.clean.ShardResult.UnitResult;
import dev.millrace.ingest.decode.ContentSum;
import dev.millrace.ingest.decode.ObjectDecoder;
import dev.millrace.ingest.decode.RecordSink;
import dev.millrace.ingest.decode.RowDigest;
import dev.millrace.ingest.decode.Violation;
import dev.millrace.ingest.landed.LandingBucket;
import dev.millrace.ingest.mask.KeyedHash;
import dev.millrace.ingest.plan.IngestPlan.Action;
import dev.millrace.ingest.plan.IngestPlan.PlannedObject;
import dev.millrace.ingest.plan.IngestPlan.Unit;
import dev.millrace.lake.CleanFile;
import dev.millrace.lake.LakeTable;
import dev.millrace.lake.QuarantineFile;
import dev.millrace.lake.QuarantineFile.Quarantined;
import dev.millrace.lake.Row;
import dev.millrace.lake.StoredObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One thread's work: the objects of a unit become a file of clean rows and one of quarantined records. */
final class UnitWork implements RecordSink {
    private final SourceTable table;
    private final LandingBucket bucket;
    private final LakeTable clean;
    private final LakeTable quarantine;
    private final ObjectDecoder decoder;
    private final RowDigest digest;
    private final Optional<KeyedHash> payloads;
    private final long rowGroupBytes;
    private final int eventColumn;

    private final PeriodKeys periods;
    private final Map<String, EdgeSum> edges = new HashMap<>();
    private @Nullable EdgeSum edge;
    private @Nullable CleanFile cleanFile;
    private @Nullable QuarantineFile quarantineFile;
    private LandingHour hour = new LandingHour(0);
    private Count count = new Count("", new byte[0], "");

    /** @param payloads makes what the quarantine holds in place of payloads, where these may not be stored */
    UnitWork(
            SourceTable table,
            LandingBucket bucket,
            LakeTable clean,
            LakeTable quarantine,
            ObjectDecoder decoder,
            Optional<KeyedHash> payloads,
            long rowGroupBytes) {
        this.table = table;
        this.bucket = bucket;
        this.clean = clean;
        this.quarantine = quarantine;
        this.decoder = decoder;
        this.digest = RowDigest.of(table, table.key());
        this.payloads = payloads;
        this.rowGroupBytes = rowGroupBytes;
        this.eventColumn = table.eventTime()
                .column()
                .map(name -> table.columns().stream().map(Column::name).toList().indexOf(name))
                .orElse(-1);
        this.periods = new PeriodKeys(table.period());
    }

    private static final class EdgeSum {
        private final ContentSum content = new ContentSum();
        private long keys;
        private long rows;
    }

    private static final class Count {
        private final String object;
        private final byte[] objectBytes;
        private final String etag;
        private final byte[] etagBytes;
        private final Map<String, Long> reasons = new TreeMap<>();
        private boolean repeats;
        private long landed;
        private long clean;
        private long quarantined;

        Count(String object, byte[] objectBytes, String etag) {
            this.object = object;
            this.objectBytes = objectBytes;
            this.etag = etag;
            this.etagBytes = etag.getBytes(StandardCharsets.UTF_8);
        }

        static Count of(PlannedObject object) {
            return new Count(object.object(), object.object().getBytes(StandardCharsets.UTF_8), object.etag());
        }

        CountedObject counted() {
            return new CountedObject(object, landed, clean, landed - clean - quarantined, quarantined, reasons);
        }
    }

    UnitResult run(Unit unit) throws IOException {
        hour = LandingHour.of(unit.hour());
        List<CountedObject> counts = new ArrayList<>();
        try {
            for (PlannedObject object : unit.objects()) {
                if (object.action().reads()) {
                    counts.add(read(object));
                }
            }
            counts.addAll(carry(unit));
            return new UnitResult(
                    table.name(),
                    unit.hour(),
                    Optional.ofNullable(cleanFile).map(CleanFile::finished),
                    Optional.ofNullable(quarantineFile).map(QuarantineFile::finished),
                    counts,
                    edges(unit.hour()));
        } finally {
            reset();
        }
    }

    private CountedObject read(PlannedObject object) throws IOException {
        count = Count.of(object);
        count.repeats = object.action() == Action.COUNT;
        digest.object(object.object(), object.etag());
        StoredObject landed = new StoredObject(object.object(), object.etag(), object.size());
        count.landed = decoder.decode(bucket.source(landed), hour, this);
        return count.counted();
    }

    @Override
    public void row(long record, Row row) throws IOException {
        if (!count.repeats) {
            count.clean++;
            write(row, record);
        }
    }

    @Override
    public void violation(Violation violation) {
        if (!count.repeats) {
            quarantined(new Quarantined(
                    count.object,
                    count.etag,
                    violation.record(),
                    violation.reason().label(),
                    violation.pointer(),
                    violation.detail(),
                    violation.payload(),
                    violation.bytes()));
        }
    }

    private void write(Row row, long record) {
        long time = eventColumn < 0 || row.isNull(eventColumn) ? hour.epochMicros() : row.number(eventColumn);
        EdgeSum sum = edge;
        if (periods.moveTo(time) || sum == null) {
            sum = edges.computeIfAbsent(periods.key(), any -> new EdgeSum());
            edge = sum;
        }
        sum.rows++;
        digest.take(record, row);
        sum.content.add(digest.high(), digest.low());
        sum.keys += digest.key();
        CleanFile file = cleanFile;
        if (file == null) {
            file = clean.newCleanFile(table, hour.toString(), rowGroupBytes);
            cleanFile = file;
        }
        file.write(row, count.objectBytes, count.etagBytes, record, periods.bytes());
    }

    private void quarantined(Quarantined bad) {
        count.quarantined++;
        count.reasons.merge(bad.reason(), 1L, Long::sum);
        QuarantineFile file = quarantineFile;
        if (file == null) {
            file = quarantine.newQuarantineFile(hour.toString(), rowGroupBytes);
            quarantineFile = file;
        }
        file.write(payloads.map(hash -> bad.with(hash.ofPayload(bad.payload()))).orElse(bad));
    }

    /** What is stored of objects that have gone goes into the new files as it is. */
    private List<CountedObject> carry(Unit unit) {
        Map<String, Count> carried = unit.objects().stream()
                .filter(object -> object.action() == Action.CARRY)
                .collect(Collectors.toMap(PlannedObject::object, Count::of));
        if (carried.isEmpty()) {
            return List.of();
        }
        Set<String> objects = carried.keySet();
        clean.stored(table, unit.hour(), objects, (row, object, etag, record) -> {
            Count of = carried.get(object);
            if (of != null && of.etag.equals(etag)) {
                count = of;
                count.landed++;
                count.clean++;
                digest.object(object, etag);
                write(row, record);
            }
        });
        quarantine.storedQuarantine(unit.hour(), objects, (carriedHour, bad) -> {
            Count of = carried.get(bad.object());
            if (of != null && of.etag.equals(bad.etag())) {
                count = of;
                count.landed++;
                quarantined(bad);
            }
        });
        return carried.values().stream().map(Count::counted).toList();
    }

    private List<Edge> edges(String hourText) {
        List<Edge> list = new ArrayList<>();
        new TreeMap<>(edges)
                .forEach((period, sum) -> list.add(
                        new Edge(hourText, period, sum.rows, sum.content.toHex(), Long.toHexString(sum.keys))));
        return list;
    }

    private void reset() {
        cleanFile = null;
        quarantineFile = null;
        edges.clear();
        edge = null;
    }
}
