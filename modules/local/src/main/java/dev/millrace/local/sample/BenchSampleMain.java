package dev.millrace.local.sample;

import dev.millrace.contract.LandingHour;
import dev.millrace.job.ExitCode;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the events of a benchmark into a folder, each object at its key, and prints what they hold as JSON. */
public final class BenchSampleMain {
    private static final Logger LOG = LoggerFactory.getLogger(BenchSampleMain.class);
    private static final int ARGUMENTS = 4;

    private BenchSampleMain() {}

    /** @param arguments the folder, the first landing hour, the seed, how many events */
    public static int run(String... arguments) {
        if (arguments.length != ARGUMENTS) {
            LOG.error("Wanted: the folder, the first landing hour, the seed, and how many events.");
            return ExitCode.USAGE.code();
        }
        try {
            Path folder = Path.of(arguments[0]);
            LandingHour from = LandingHour.of(arguments[1]);
            long seed = Long.parseLong(arguments[2]);
            long events = Long.parseLong(arguments[3]);
            SampleCounts counts = BenchSample.write(from, seed, events, object -> write(folder, object));
            PrintStream out = System.out;
            out.println(counts.json());
            out.flush();
            return ExitCode.DONE.code();
        } catch (IllegalArgumentException e) {
            LOG.error("There is no such sample: {}", e.getMessage());
            return ExitCode.USAGE.code();
        } catch (UncheckedIOException e) {
            LOG.error("The sample could not be written: {}", e.getMessage());
            return ExitCode.TEMPORARY.code();
        }
    }

    private static void write(Path folder, SampleObject object) {
        Path file = folder.resolve(object.key());
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, object.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }
}
