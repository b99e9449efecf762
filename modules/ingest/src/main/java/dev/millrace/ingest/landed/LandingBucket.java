package dev.millrace.ingest.landed;

import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import dev.millrace.lake.S3Store;
import dev.millrace.lake.StoredObject;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
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

    /** What was found in some hours: objects by hour, and keys that fit no hour. */
    public record Listing(SortedMap<LandingHour, List<StoredObject>> objects, List<String> leftOut) {}

    /** Lists the hours in {@code [from, to)}. */
    public Listing list(SourceTable table, LandingHour from, LandingHour to) {
        LandedKeys keys = new LandedKeys(table);
        SortedMap<LandingHour, List<StoredObject>> objects = new TreeMap<>();
        List<String> leftOut = new ArrayList<>();
        for (String prefix : keys.prefixes(from, to)) {
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
        return new Listing(objects, leftOut);
    }

    public InputStream read(StoredObject object) {
        return store.read(bucket, object);
    }

    public void put(String key, byte[] bytes) {
        store.put(bucket, key, bytes);
    }

    public String name() {
        return bucket;
    }
}
