package dev.millrace.ingest.commit;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Edge;
import dev.millrace.control.HourBook;
import dev.millrace.control.MadeOf;
import dev.millrace.control.ObjectBook;
import dev.millrace.ingest.clean.ShardResult.CountedObject;
import dev.millrace.ingest.clean.ShardResult.UnitResult;
import dev.millrace.ingest.decode.ContentSum;
import dev.millrace.ingest.plan.IngestPlan.Action;
import dev.millrace.ingest.plan.IngestPlan.Mode;
import dev.millrace.ingest.plan.IngestPlan.PlannedHour;
import dev.millrace.ingest.plan.IngestPlan.PlannedObject;
import dev.millrace.ingest.plan.TablePlanner;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.lake.LakeFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** An hour of a plan with everything that its shards found: its new books, its files, and what it feeds. */
record ExaminedHour(
        HourBook book, Mode mode, List<LakeFile> cleanFiles, List<LakeFile> quarantineFiles, List<Edge> edges) {

    ExaminedHour {
        cleanFiles = List.copyOf(cleanFiles);
        quarantineFiles = List.copyOf(quarantineFiles);
        edges = List.copyOf(edges);
    }

    /** What the hour feeds from now on; nothing while it is held, as its clean rows stay what they were. */
    @JsonIgnore
    Optional<Collection<Edge>> newEdges() {
        return book.held() ? Optional.empty() : Optional.of(edges);
    }

    /** @param edgesBefore what the hour fed so far; asked for only where rows are added to it */
    static ExaminedHour of(
            SourceTable source,
            String planId,
            PlannedHour planned,
            Optional<HourBook> before,
            List<Edge> edgesBefore,
            List<UnitResult> results) {
        Map<String, CountedObject> counted = new HashMap<>();
        results.forEach(result -> result.objects().forEach(object -> counted.put(object.object(), object)));
        List<ObjectBook> objects = new ArrayList<>();
        SortedMap<String, Long> reasons = new TreeMap<>();
        if (planned.mode() == Mode.ADD) {
            before.ifPresent(book -> reasons.putAll(book.reasons()));
        }
        for (PlannedObject object : planned.objects()) {
            objects.add(book(source, planned, object, recorded(before, object), counted));
            CountedObject count = counted.get(object.object());
            if (count != null) {
                count.reasons().forEach((reason, records) -> reasons.merge(reason, records, Long::sum));
            }
        }
        boolean held = isHeld(source, planned, objects);
        long published = held
                ? before.map(HourBook::published).orElse(0L)
                : objects.stream().mapToLong(ObjectBook::clean).sum();
        HourBook book = new HourBook(
                planned.hour(),
                // One more than the announcement left it at.
                before.map(HourBook::generation).orElse(planned.generation()) + 2,
                held,
                planned.madeOf(),
                judged(objects, held, planned.madeOf(), before),
                reasons,
                published,
                planId);
        return new ExaminedHour(
                book,
                planned.mode(),
                results.stream().flatMap(result -> result.clean().stream()).toList(),
                results.stream().flatMap(result -> result.quarantine().stream()).toList(),
                sum(planned, edgesBefore, results));
    }

    private static Optional<ObjectBook> recorded(Optional<HourBook> before, PlannedObject object) {
        return before.stream()
                .flatMap(book -> book.objects().stream())
                .filter(book ->
                        book.object().equals(object.object()) && book.etag().equals(object.etag()))
                .findFirst();
    }

    private static ObjectBook book(
            SourceTable source,
            PlannedHour hour,
            PlannedObject object,
            Optional<ObjectBook> recorded,
            Map<String, CountedObject> counted) {
        if (object.action() == Action.KEEP) {
            return recorded.orElseThrow();
        }
        CountedObject count = counted.get(object.object());
        if (object.action() == Action.CARRY) {
            ObjectBook gone = recorded.orElseThrow().gone();
            if (gone.published() && count != null && count.clean() != gone.clean()) {
                throw new JobException(
                        ExitCode.BROKEN,
                        "The clean table of " + source.name() + " holds " + count.clean()
                                + " rows of the expired object "
                                + gone.object() + " in hour " + hour.hour() + ", and its books say " + gone.clean()
                                + ": land the object again, or let it go with --accept-removals.");
            }
            return gone;
        }
        if (count == null) {
            throw new JobException(
                    ExitCode.TEMPORARY,
                    "No shard of the plan has read " + object.object() + " of table " + source.name()
                            + ": run the plan's shards before its commit.");
        }
        return new ObjectBook(
                object.object(),
                object.etag(),
                object.size(),
                object.repeats(),
                true,
                true,
                count.landed(),
                count.clean(),
                count.duplicate(),
                count.quarantined());
    }

    private static boolean isHeld(SourceTable source, PlannedHour planned, List<ObjectBook> objects) {
        // Rows that were held back when their object expired are nowhere; publishing without them would lose them
        // silently.
        boolean lost = objects.stream().anyMatch(object -> !object.present() && !object.published());
        long clean = objects.stream().mapToLong(ObjectBook::clean).sum();
        long quarantined = objects.stream().mapToLong(ObjectBook::quarantined).sum();
        boolean over = TablePlanner.overLimit(source.quarantineLimit(), clean, quarantined);
        return lost || (over && !planned.accepted());
    }

    /** Says of each object whether the clean table holds its rows just as they were last decoded. */
    private static List<ObjectBook> judged(
            List<ObjectBook> objects, boolean held, MadeOf now, Optional<HourBook> before) {
        if (!held) {
            return objects;
        }
        boolean sameSettings = before.map(
                        book -> String.valueOf(book.madeOf().parts().get("settings"))
                                .equals(now.parts().get("settings")))
                .orElse(false);
        List<ObjectBook> judged = new ArrayList<>();
        for (ObjectBook object : objects) {
            Optional<ObjectBook> was = before.stream()
                    .flatMap(book -> book.objects().stream())
                    .filter(book ->
                            book.object().equals(object.object()) && book.etag().equals(object.etag()))
                    .findFirst();
            boolean same = was.filter(book -> book.published()
                            && sameSettings
                            && book.repeats().isPresent() == object.repeats().isPresent())
                    .isPresent();
            boolean nothing = object.clean() == 0
                    && was.map(book -> book.published() && book.clean() == 0).orElse(true);
            boolean published = object.present() ? same || nothing : object.published();
            judged.add(object.published(published));
        }
        return judged;
    }

    private static List<Edge> sum(PlannedHour planned, List<Edge> edgesBefore, List<UnitResult> results) {
        SortedMap<String, Edge> sums = new TreeMap<>();
        if (planned.mode() == Mode.ADD) {
            edgesBefore.forEach(edge -> sums.merge(edge.period(), edge, ExaminedHour::plus));
        }
        results.forEach(result -> result.edges().forEach(edge -> sums.merge(edge.period(), edge, ExaminedHour::plus)));
        return List.copyOf(sums.values());
    }

    private static Edge plus(Edge one, Edge other) {
        ContentSum content = ContentSum.of(one.content()).plus(ContentSum.of(other.content()));
        long keys = Long.parseUnsignedLong(one.keys(), 16) + Long.parseUnsignedLong(other.keys(), 16);
        return new Edge(one.hour(), one.period(), one.rows() + other.rows(), content.toHex(), Long.toHexString(keys));
    }
}
