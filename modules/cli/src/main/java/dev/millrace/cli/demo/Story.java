package dev.millrace.cli.demo;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was done in a demo: the report compares it with what control database and warehouse say.
 *
 * @param injected what the samples hold, by pipeline
 * @param late what came late
 * @param backfills in their order
 */
record Story(SortedMap<String, Injected> injected, Late late, List<Backfill> backfills) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String FILE = "demo.json";

    Story {
        injected = Collections.unmodifiableSortedMap(new TreeMap<>(injected));
        requireNonNull(late, "late");
        backfills = List.copyOf(backfills);
    }

    /** Records of a sample: how many there are of each kind, by what the generator meant. */
    record Injected(long objects, long landed, long clean, long duplicates, SortedMap<String, Long> quarantined) {
        Injected {
            quarantined = Collections.unmodifiableSortedMap(new TreeMap<>(quarantined));
        }
    }

    /**
     * Objects that landed after their hour was done.
     *
     * @param objects with the same bytes
     * @param records of one of them; they are clean, and there were none with their keys
     */
    record Late(String pipeline, String hour, List<String> objects, long records) {
        Late {
            requireNonNull(pipeline, "pipeline");
            requireNonNull(hour, "hour");
            objects = List.copyOf(objects);
        }

        /** Of objects that repeat another. */
        long repeated() {
            return records * (objects.size() - 1);
        }
    }

    /** One backfill of several pipelines. */
    record Backfill(String title, double seconds, SortedMap<String, Runs> pipelines) {
        Backfill {
            requireNonNull(title, "title");
            pipelines = Collections.unmodifiableSortedMap(new TreeMap<>(pipelines));
        }
    }

    /** How many runs of a pipeline there were, and which stages they tried. */
    record Runs(int runs, List<Attempt> attempts) {
        Runs {
            attempts = List.copyOf(attempts);
        }
    }

    static Story read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            throw new JobException(
                    ExitCode.USAGE, "There is no demo in " + folder + " to report on: run ./millrace demo --keep.");
        }
        try {
            return MAPPER.readValue(file.toFile(), Story.class);
        } catch (IOException e) {
            throw new JobException(ExitCode.USAGE, "Cannot read " + file + ": run ./millrace demo --keep again.", e);
        }
    }

    void write(Path folder) {
        try {
            Files.writeString(folder.resolve(FILE), MAPPER.writeValueAsString(this));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new JobException(ExitCode.USAGE, "Cannot write into " + folder + ": " + e.getMessage(), e);
        }
    }
}
