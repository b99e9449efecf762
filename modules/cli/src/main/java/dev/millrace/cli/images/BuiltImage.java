package dev.millrace.cli.images;

import static java.util.Objects.requireNonNull;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.util.regex.Pattern;

/**
 * An image, as built.
 *
 * @param digest of its manifest, the same in every registry
 * @param id of its configuration, which is what Docker calls it by itself, or may
 * @param bytes of its archive, whose layers are compressed
 */
record BuiltImage(ImageName name, String version, String digest, String id, long bytes) {
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

    BuiltImage {
        requireNonNull(name, "name");
        requireNonNull(version, "version");
        requireNonNull(id, "id");
        if (!DIGEST.matcher(digest).matches()) {
            throw new JobException(ExitCode.BUG, name.image() + " has no digest, but " + digest);
        }
    }
}
