package dev.millrace.cli.images;

import static java.util.Objects.requireNonNull;

import dev.millrace.cli.process.JobModule;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.util.regex.Pattern;

/**
 * The image of a job, as built.
 *
 * @param digest of its manifest, the same in every registry
 * @param bytes of its archive, whose layers are compressed
 */
public record BuiltImage(JobModule module, String version, String digest, long bytes) {
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

    public BuiltImage {
        requireNonNull(module, "module");
        requireNonNull(version, "version");
        if (!DIGEST.matcher(digest).matches()) {
            throw new JobException(ExitCode.BUG, module.image() + " has no digest, but " + digest);
        }
    }
}
