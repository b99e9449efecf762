package dev.millrace.cli.images;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What images are wanted.
 *
 * @param project the project that is put into them
 * @param base another base than our own, as Jib names images
 * @param registry where they are published; nowhere if absent
 * @param classLists the lists of classes that jobs load, of which archives are made for them to start faster; none if absent
 * @param services whether images of what the local compose file starts beside Airflow are wanted too
 * @param formats what objects may be written in, beside what every image reads
 */
public record ImagesRequest(
        Path project,
        Optional<String> base,
        Optional<String> registry,
        Optional<Path> classLists,
        boolean services,
        Set<OptionalFormat> formats) {
    public ImagesRequest {
        requireNonNull(project, "project");
        requireNonNull(base, "base");
        requireNonNull(registry, "registry");
        requireNonNull(classLists, "classLists");
        formats = Set.copyOf(formats);
    }

    /** Formats whose libraries an image has only where that is asked for. */
    public enum OptionalFormat {
        ORC;

        /** The property by which Maven takes its module or leaves it out. */
        String property() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
