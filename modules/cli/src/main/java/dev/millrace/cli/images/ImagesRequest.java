package dev.millrace.cli.images;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What images are wanted.
 *
 * @param project the project that is put into them
 * @param base another base than our own, as Jib names images
 * @param registry where they are published; nowhere if absent
 */
public record ImagesRequest(Path project, Optional<String> base, Optional<String> registry) {
    public ImagesRequest {
        requireNonNull(project, "project");
        requireNonNull(base, "base");
        requireNonNull(registry, "registry");
    }
}
