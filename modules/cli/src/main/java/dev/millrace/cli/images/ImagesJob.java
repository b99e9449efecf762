package dev.millrace.cli.images;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.cli.process.Installation;
import dev.millrace.cli.process.JobModule;
import dev.millrace.job.Awaited;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Builds the images of all jobs and of Airflow, and publishes them where that is asked for. */
public final class ImagesJob {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Installation installation;
    private final ImagesRequest request;
    private final Consumer<String> progress;
    private final ImageFolder folder;
    private final Programs programs = new Programs();

    public ImagesJob(Installation installation, ImagesRequest request, Consumer<String> progress) {
        this.installation = requireNonNull(installation, "installation");
        this.request = requireNonNull(request, "request");
        this.progress = requireNonNull(progress, "progress");
        this.folder = ImageFolder.of(installation);
    }

    /** Gives back what is written to the index too. */
    public ObjectNode run() {
        check();
        try {
            Files.createDirectories(folder.path());
            Optional<Registry> registry = request.registry().map(address -> new Registry(address, folder, programs));
            Revision revision = Revision.of(installation.home(), programs);
            progress.accept("Building the base: Debian and a Java runtime. Beside it, Airflow with its DAGs.");
            CompletableFuture<Void> cooked =
                    CompletableFuture.runAsync(() -> recipes().forEach(recipe -> recipe.cook(request.project())));
            build(base(), revision);
            await(cooked);
            List<BuiltImage> images = new ArrayList<>(built());
            String version = images.get(0).version();
            for (Recipe recipe : recipes()) {
                images.add(recipe.serve(version, revision));
            }
            for (BuiltImage image : images) {
                registry.ifPresent(to -> publish(to, image, revision));
            }
            return index(images, revision, registry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check() {
        request.classLists().ifPresent(lists -> {
            if (request.base().isPresent()) {
                throw new JobException(
                        ExitCode.USAGE,
                        "Archives of classes are made by our own base's Java: leave out --base or --class-archives.");
            }
            for (JobModule module : JobModule.values()) {
                Path list = lists.resolve(module.folder() + ".list");
                if (!Files.isReadable(list)) {
                    throw new JobException(
                            ExitCode.USAGE,
                            "There is no list " + list + " of the classes that " + module.folder()
                                    + " loads: run ./millrace warm-up, which writes it.");
                }
            }
        });
    }

    private static void await(CompletableFuture<Void> cooked) {
        try {
            Awaited.result(cooked);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ExitCode.TEMPORARY, "Interrupted while images were built.", e);
        }
    }

    private String base() {
        if (request.base().isPresent()) {
            return request.base().get();
        }
        Path recipe = installation.home().resolve("docker").resolve("base").resolve("build");
        programs.must(
                "build the base of the images",
                List.of(recipe.toString()),
                folder.base().toString(),
                folder.basePackages().toString());
        return "tar://" + folder.base();
    }

    private void build(String base, Revision revision) {
        progress.accept("Building the images of the jobs.");
        List<String> command = new ArrayList<>(List.of("mvn", "-q", "-B", "-Dquick", "-Pimages"));
        command.addAll(List.of("-f", installation.home().resolve("pom.xml").toString(), "-am", "-pl", modules()));
        command.addAll(List.of(
                "-Dimage.base=" + base,
                "-Dimage.created=" + revision.committed(),
                "-Dimage.folder=" + folder.path(),
                "-Dimage.project=" + request.project(),
                "-Dimage.revision=" + revision.label()));
        request.classLists().ifPresent(lists -> command.add("-Dimage.class-lists=" + lists));
        for (ImagesRequest.OptionalFormat format : ImagesRequest.OptionalFormat.values()) {
            command.add("-D" + format.property() + "=" + request.formats().contains(format));
        }
        programs.must("build the images", command, "verify");
    }

    private List<Recipe> recipes() {
        Path docker = installation.home().resolve("docker");
        return (request.services()
                        ? List.of(ImageName.AIRFLOW, ImageName.POSTGRES, ImageName.AWS)
                        : List.of(ImageName.AIRFLOW))
                .stream()
                        .map(name -> new Recipe(name, docker, folder, programs))
                        .toList();
    }

    private static String modules() {
        return Arrays.stream(JobModule.values())
                .map(module -> "modules/" + module.folder())
                .collect(Collectors.joining(","));
    }

    private List<BuiltImage> built() throws IOException {
        List<BuiltImage> images = new ArrayList<>();
        for (ImageName name : ImageName.ofJobs()) {
            JsonNode facts = JSON.readTree(folder.facts(name).toFile());
            images.add(new BuiltImage(
                    name,
                    facts.path("tags").path(0).asText(),
                    facts.path("imageDigest").asText(),
                    facts.path("imageId").asText(),
                    Files.size(folder.archive(name))));
            completeBill(name);
        }
        return images;
    }

    private void completeBill(ImageName name) throws IOException {
        if (request.base().isEmpty()) {
            Bill.addBase(folder.bom(name), Files.readAllLines(folder.basePackages()));
        }
    }

    private void publish(Registry registry, BuiltImage image, Revision revision) {
        progress.accept("Publishing " + registry.reference(image));
        registry.push(image, tags(image, revision));
        registry.attachBom(image);
    }

    private static List<String> tags(BuiltImage image, Revision revision) {
        return revision.equals(Revision.UNKNOWN) ? List.of(image.version()) : List.of(image.version(), revision.tag());
    }

    private ObjectNode index(List<BuiltImage> images, Revision revision, Optional<Registry> registry)
            throws IOException {
        ObjectNode index = JSON.createObjectNode()
                .put("commit", revision.label())
                .put("base", request.base().orElse("own"))
                .put("class-archives", request.classLists().isPresent());
        for (BuiltImage image : images) {
            ObjectNode entry = index.withObject("/images")
                    .putObject(image.name().key())
                    .put("name", image.name().image())
                    .put("version", image.version())
                    .put("digest", image.digest())
                    .put("id", image.id())
                    .put("bytes", image.bytes())
                    .put("archive", folder.archive(image.name()).toString());
            registry.ifPresent(published -> {
                entry.put("image", published.reference(image));
                tags(image, revision).forEach(entry.withArray("/tags")::add);
            });
        }
        // Whoever reads it meanwhile finds the old or the new one, and nothing between.
        Path written = folder.path().resolve("images.json.new");
        Files.writeString(written, index.toPrettyString() + "\n");
        Files.move(written, folder.index(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return index;
    }
}
