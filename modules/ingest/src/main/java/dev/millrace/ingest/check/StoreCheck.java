package dev.millrace.ingest.check;

import static java.util.Objects.requireNonNull;

import dev.millrace.environment.Environment;
import dev.millrace.job.JobException;
import dev.millrace.lake.Lake;
import dev.millrace.lake.S3Store;
import dev.millrace.lake.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Tries everything that jobs do with the landing bucket and the lake. What it puts into the lake it removes again. */
public final class StoreCheck {
    private final Environment environment;
    private final List<String> prefixes;

    /** @param prefixes of the landing bucket that contracts name */
    public StoreCheck(Environment environment, List<String> prefixes) {
        this.environment = environment;
        this.prefixes = List.copyOf(prefixes);
    }

    /** One thing that was tried, and what to do where it failed. */
    public record Finding(String what, boolean ok, String found, String next) {
        public Finding {
            requireNonNull(what, "what");
            requireNonNull(found, "found");
            requireNonNull(next, "next");
        }
    }

    public List<Finding> run() {
        List<Finding> findings = new ArrayList<>();
        Environment.Landing landing = environment.landing();
        findings.add(tried(
                "landing bucket",
                "give the user s3:ListBucket and s3:GetObject on " + landing.bucket() + ", or correct 'landing'",
                this::landing));
        findings.add(tried(
                "lake bucket",
                "give the user s3:PutObject, s3:GetObject and s3:DeleteObject on "
                        + environment.lake().bucket() + ", or correct 'lake'",
                this::lakeBucket));
        findings.add(tried("lake catalog", "see the control database below", this::catalog));
        return findings;
    }

    private interface Trial {
        String run() throws IOException;
    }

    private static Finding tried(String what, String next, Trial trial) {
        try {
            return new Finding(what, true, trial.run(), "");
        } catch (JobException | IOException e) {
            return new Finding(what, false, String.valueOf(e.getMessage()), next);
        }
    }

    private String landing() throws IOException {
        Environment.Landing landing = environment.landing();
        int objects = 0;
        boolean read = false;
        try (S3Store store = S3Store.open(landing.store())) {
            for (String prefix : prefixes) {
                List<StoredObject> found = store.list(landing.bucket(), prefix);
                objects += found.size();
                if (!found.isEmpty() && !read) {
                    try (InputStream in = store.read(landing.bucket(), found.get(0))) {
                        in.read();
                    }
                    read = true;
                }
            }
        }
        return "s3://" + landing.bucket() + " lists " + objects + " objects of the contracts"
                + (read ? ", and lets them be read" : "");
    }

    private String lakeBucket() throws IOException {
        String bucket = environment.lake().bucket();
        String folder = environment.lake().warehouse().getPath().replaceFirst("^/", "");
        String key = (folder.isEmpty() ? "" : folder + "/") + "check/" + UUID.randomUUID();
        byte[] bytes = "millrace check".getBytes(StandardCharsets.UTF_8);
        try (S3Store store = S3Store.open(environment.lake().store())) {
            store.put(bucket, key, bytes);
            boolean same = store.bytes(bucket, key)
                    .filter(found -> Arrays.equals(found, bytes))
                    .isPresent();
            store.delete(bucket, key);
            if (!same) {
                throw new IOException("an object just put into " + bucket + " could not be read back");
            }
        }
        return "s3://" + bucket + " takes, gives back and removes an object";
    }

    private String catalog() {
        try (Lake lake = Lake.open(environment)) {
            lake.exists(Lake.CLEAN, "check");
            return "answers";
        }
    }
}
