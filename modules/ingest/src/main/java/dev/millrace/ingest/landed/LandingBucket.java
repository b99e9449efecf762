package dev.millrace.ingest.landed;

import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import dev.millrace.lake.ObjectSource;
import dev.millrace.lake.S3Store;
import dev.millrace.lake.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The bucket in which objects land. Nothing here changes or deletes one. */
public final class LandingBucket {
    private final S3Store store;
    private final String bucket;

    public LandingBucket(S3Store store, String bucket) {
        this.store = store;
        this.bucket = bucket;
    }

    /** What was found in some hours: objects by hour, and keys and folders that fit no hour. */
    public record Listing(SortedMap<LandingHour, List<StoredObject>> objects, List<String> leftOut) {}

    /** Lists the hours in {@code [from, to)}. What lies directly below the prefix is looked through for what fits no hour. */
    public Listing list(SourceTable table, LandingHour from, LandingHour to) {
        LandedKeys keys = new LandedKeys(table);
        SortedMap<LandingHour, List<StoredObject>> objects = new TreeMap<>();
        List<String> leftOut = new ArrayList<>();
        for (String lead : leads(keys, table.prefix(), 0, leftOut)) {
            for (String prefix : keys.prefixes(lead, from, to)) {
                for (StoredObject object : store.list(bucket, prefix)) {
                    Optional<LandingHour> hour = keys.hour(object.key());
                    if (hour.isEmpty()) {
                        leftOut.add(object.key());
                    } else if (hour.get().compareTo(from) >= 0 && hour.get().compareTo(to) < 0) {
                        objects.computeIfAbsent(hour.get(), any -> new ArrayList<>())
                                .add(object);
                    }
                }
            }
        }
        return new Listing(objects, leftOut);
    }

    /** The prefix, or each folder below it that stands before those of the hours. */
    private List<String> leads(LandedKeys keys, String below, int leading, List<String> leftOut) {
        List<String> leads = new ArrayList<>();
        boolean holdsTimes = leading == 0 && keys.timesBegin().isPresent();
        for (String entry : store.entries(bucket, below, keys.timesBegin())) {
            switch (keys.entry(leading, entry.substring(below.length()))) {
                case TIME -> holdsTimes = true;
                case LEAD -> leads.addAll(leads(keys, entry, leading + 1, leftOut));
                case OTHER -> leftOut.add(entry);
            }
        }
        if (holdsTimes) {
            leads.add(below);
        }
        return leads;
    }

    /** Every object below a prefix, whatever it is. */
    public List<StoredObject> all(String prefix) {
        return store.list(bucket, prefix);
    }

    public ObjectSource source(StoredObject object) {
        return store.source(bucket, object);
    }

    public void put(String key, byte[] bytes) {
        store.put(bucket, key, bytes);
    }

    /** Puts an object unless there is one of that key, and says whether it did. */
    public boolean putNew(String key, byte[] bytes, Map<String, String> metadata) {
        return store.putNew(bucket, key, bytes, metadata);
    }

    /** A whole object, or nothing where there is none. */
    public Optional<byte[]> bytes(String key) {
        return store.bytes(bucket, key);
    }

    public String name() {
        return bucket;
    }
}
