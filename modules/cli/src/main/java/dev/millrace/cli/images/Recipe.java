package dev.millrace.cli.images;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Makes an image of what a script in {@code docker/} leaves: layers, what is in them, and how it is started. */
final class Recipe {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String ARCHITECTURE = "os.arch";

    private final ImageName name;
    private final Path script;
    private final ImageFolder folder;
    private final Programs programs;

    /** @param docker the checkout's folder of that name */
    Recipe(ImageName name, Path docker, ImageFolder folder, Programs programs) {
        this.name = requireNonNull(name, "name");
        this.script = docker.resolve(name.key()).resolve("build");
        this.folder = requireNonNull(folder, "folder");
        this.programs = requireNonNull(programs, "programs");
    }

    /** Leaves layers; those that are there and were made of the same stay. */
    void cook(Path project) {
        programs.must(
                "build " + name.image(),
                List.of(script.toString()),
                folder.made(name).toString(),
                project.toString());
    }

    /** An archive of the layers, and a bill of what is in them. */
    BuiltImage serve(String version, Revision revision) throws IOException {
        Path made = folder.made(name);
        Bill.write(folder.bom(name), name.image(), version, Files.readAllLines(made.resolve("packages")));
        Path layout = folder.layout(name);
        ObjectNode manifest = write(OciLayout.in(layout), made, version, revision);
        Path archive = folder.archive(name);
        Path written = archive.resolveSibling(archive.getFileName() + ".new");
        programs.must(
                "write " + archive,
                List.of("tar", "--create", "--file", written.toString(), "-C", layout.toString()),
                "oci-layout",
                "index.json",
                "blobs");
        Files.move(written, archive, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        OciLayout.remove(layout);
        return new BuiltImage(
                name,
                version,
                manifest.path("digest").asText(),
                manifest.at("/config/digest").asText(),
                Files.size(archive));
    }

    /** Gives back the manifest, and with it the digest that names the whole. */
    private ObjectNode write(OciLayout layout, Path made, String version, Revision revision) throws IOException {
        ObjectNode manifest = OciLayout.object().put("schemaVersion", 2).put("mediaType", OciLayout.MANIFEST);
        ObjectNode config = OciLayout.object()
                .put("created", revision.committed())
                .put("architecture", architecture())
                .put("os", "linux");
        config.set("config", started(made, version, revision));
        ObjectNode contents = config.putObject("rootfs").put("type", "layers");
        contents.putArray("diff_ids");
        manifest.putArray("layers");
        for (Path layer : layers(made)) {
            manifest.withArray("/layers").add(layout.add(LAYER, layer));
            try (InputStream unpacked = new GZIPInputStream(Files.newInputStream(layer), OciLayout.BUFFER)) {
                contents.withArray("/diff_ids").add("sha256:" + OciLayout.sha256(unpacked));
            }
            config.withArray("/history")
                    .addObject()
                    .put("created", revision.committed())
                    .put("created_by", "docker/" + name.key() + "/build: " + layer.getFileName());
        }
        manifest.set("config", layout.add(CONFIG, config));
        ObjectNode descriptor = layout.add(OciLayout.MANIFEST, manifest);
        layout.name(name.image() + ":" + version, descriptor);
        return manifest.put("digest", descriptor.path("digest").asText());
    }

    private ObjectNode started(Path made, String version, Revision revision) throws IOException {
        JsonNode read = JSON.readTree(made.resolve("config.json").toFile());
        if (!(read instanceof ObjectNode started)) {
            throw new IOException(made.resolve("config.json") + " does not say how " + name.image() + " is started");
        }
        started.putObject("Labels")
                .put("org.opencontainers.image.created", revision.committed())
                .put("org.opencontainers.image.description", name.description())
                .put("org.opencontainers.image.licenses", "Apache-2.0")
                .put("org.opencontainers.image.revision", revision.label())
                .put("org.opencontainers.image.title", name.image())
                .put("org.opencontainers.image.version", version);
        return started;
    }

    private static List<Path> layers(Path made) throws IOException {
        try (Stream<Path> layers = Files.list(made.resolve("layers"))) {
            return layers.filter(layer -> layer.toString().endsWith(".tar.gz"))
                    .sorted()
                    .toList();
        }
    }

    /** As images name it. */
    private static String architecture() {
        String machine = System.getProperty(ARCHITECTURE, "");
        return switch (machine) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> throw new JobException(ExitCode.USAGE, "No image can be built on a machine of kind " + machine);
        };
    }
}
