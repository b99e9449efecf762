package dev.millrace.cli.images;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Where images are published. Whoever may write there has logged in with skopeo, podman or docker. */
final class Registry {
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[a-z0-9._-]+)*");
    private static final Pattern THIS_MACHINE = Pattern.compile("(localhost|127\\.[0-9.]+)(:[0-9]+)?(/.*)?");
    private static final String BOM = "application/vnd.cyclonedx+json";
    private static final String NO_CONFIG = "application/vnd.oci.empty.v1+json";

    private final String address;
    private final ImageFolder folder;
    private final Programs programs;

    Registry(String address, ImageFolder folder, Programs programs) {
        if (!ADDRESS.matcher(address).matches()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "'" + address + "' is no address of a registry; write it like registry.example.com/data");
        }
        this.address = address;
        this.folder = folder;
        this.programs = programs;
    }

    String name(ImageName name) {
        return address + "/" + name.image();
    }

    /** What names exactly this image, and no other that may come to have its tags. */
    String reference(BuiltImage image) {
        return name(image.name()) + "@" + image.digest();
    }

    void push(BuiltImage image, List<String> tags) {
        String archive = "oci-archive:" + folder.archive(image.name());
        for (String tag : tags) {
            copy("publish " + image.name().image(), List.of(), archive, name(image.name()) + ":" + tag);
        }
    }

    /**
     * Publishes what an image consists of beside it: as an artifact that refers to the image, and in the list of such
     * artifacts under the tag {@code sha256-…}, where clients look if the registry makes no such list by itself.
     */
    void attachBom(BuiltImage image) {
        String manifest = programs.must(
                "read " + image.name().image(),
                List.of("skopeo", "inspect", "--raw"),
                "oci-archive:" + folder.archive(image.name()));
        Path layout = folder.bomLayout(image.name());
        try {
            writeBom(OciLayout.in(layout), image, manifest.getBytes(StandardCharsets.UTF_8).length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String list = image.digest().replace(':', '-');
        String purpose = "publish what " + image.name().image() + " consists of";
        copy(purpose, List.of(), "oci:" + layout + ":bom", name(image.name()) + ":" + list + ".sbom");
        copy(purpose, List.of("--all"), "oci:" + layout + ":list", name(image.name()) + ":" + list);
    }

    private void writeBom(OciLayout layout, BuiltImage image, long size) throws IOException {
        ObjectNode bom = OciLayout.object()
                .put("schemaVersion", 2)
                .put("mediaType", OciLayout.MANIFEST)
                .put("artifactType", BOM);
        bom.set("config", layout.add(NO_CONFIG, OciLayout.object()));
        bom.putArray("layers").add(layout.add(BOM, Files.readAllBytes(folder.bom(image.name()))));
        bom.set("subject", OciLayout.descriptor(OciLayout.MANIFEST, image.digest(), size));
        ObjectNode manifest = layout.add(OciLayout.MANIFEST, bom);
        layout.name("bom", manifest);
        ObjectNode list = OciLayout.object().put("schemaVersion", 2).put("mediaType", OciLayout.INDEX);
        list.putArray("manifests").add(manifest);
        layout.name("list", layout.add(OciLayout.INDEX, list));
    }

    private void copy(String purpose, List<String> options, String from, String to) {
        boolean here = THIS_MACHINE.matcher(address).matches();
        List<String> command = new ArrayList<>(List.of("skopeo", "copy", "--quiet", "--preserve-digests"));
        command.addAll(options);
        if (here) {
            // A registry on this machine has no certificate.
            command.add("--dest-tls-verify=false");
        }
        programs.must(purpose + " to " + address, command, from, "docker://" + to);
    }
}
