package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.cli.images.ImagesJob;
import dev.millrace.cli.images.ImagesRequest;
import dev.millrace.cli.process.Installation;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "images",
        mixinStandardHelpOptions = true,
        description = {
            "Build the images of the jobs and of Airflow, without Docker, and print their digests.",
            "The same commit, packages and JDK give the same digests."
        },
        footer = {"", "Example: millrace images", "         millrace images --push registry.example.com/data"})
final class ImagesCommand implements Job.Verb {
    private static final double MEGA = 1 << 20;

    @Option(
            names = "--push",
            paramLabel = "REGISTRY",
            description = "Publish them there, with tags for version and commit; log in with skopeo or docker before.")
    private @Nullable String registry;

    @Option(
            names = "--base",
            paramLabel = "IMAGE",
            description = "Another base than our own: an image with Java 17 or later on its path.")
    private @Nullable String base;

    @Option(
            names = "--project",
            paramLabel = "FOLDER",
            description =
                    "The project whose millrace.yaml and pipelines are put into them; this checkout if not given.")
    private @Nullable Path project;

    @Option(names = "--orc", description = "With what contracts with 'format: orc' need, which is left out otherwise.")
    private boolean orc;

    @Option(
            names = "--class-archives",
            arity = "0..1",
            paramLabel = "FOLDER",
            fallbackValue = "",
            description = {
                "With archives of the classes that jobs load, by which they start faster: of the lists in that folder, or of",
                "those that 'millrace warm-up' wrote. An archive is not the same bytes twice, so the digests differ each time."
            })
    private @Nullable String classLists;

    @Option(names = "--services", description = "Images of what 'up --docker' starts beside Airflow too.")
    private boolean services;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Override
    public ExitCode call() {
        Installation installation = Installation.here();
        Path folder =
                project == null ? installation.home() : project.toAbsolutePath().normalize();
        ImagesRequest request = new ImagesRequest(
                folder,
                Optional.ofNullable(base),
                Optional.ofNullable(registry),
                Optional.ofNullable(classLists)
                        .map(given -> given.isEmpty()
                                ? installation.classLists()
                                : Path.of(given).toAbsolutePath().normalize()),
                services,
                orc ? Set.of(ImagesRequest.OptionalFormat.ORC) : Set.of());
        ObjectNode result = new ImagesJob(installation, request, System.err::println).run();
        if (json) {
            System.out.println(result);
        } else {
            result.path("images").forEach(image -> System.out.println(text(image)));
        }
        return ExitCode.DONE;
    }

    private static String text(JsonNode image) {
        String name = image.path("image")
                .asText(image.path("name").asText() + "@" + image.path("digest").asText());
        return String.format(
                Locale.ROOT, "%s  %.0f MB", name, image.path("bytes").asLong() / MEGA);
    }
}
