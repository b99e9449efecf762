package dev.millrace.cli.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What an image consists of, in CycloneDX: libraries, as Maven resolved them or a list has locked them, and Debian's packages. */
final class Bill {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Bill() {}

    /** A bill of an image that Maven knows nothing of. */
    static void write(Path bill, String image, String version, List<String> packages) throws IOException {
        ObjectNode written = JSON.createObjectNode()
                .put("bomFormat", "CycloneDX")
                .put("specVersion", "1.6")
                .put("version", 1);
        written.withObject("/metadata/component")
                .put("type", "container")
                .put("name", image)
                .put("version", version);
        addPackages(written, packages);
        write(bill, written);
    }

    /** Adds the packages of the base to a bill that Maven wrote. */
    static void addBase(Path bill, List<String> packages) throws IOException {
        JsonNode read = JSON.readTree(bill.toFile());
        if (!(read instanceof ObjectNode written)) {
            throw new IOException(bill + " is no bill of materials");
        }
        addPackages(written, packages);
        write(bill, written);
    }

    private static void write(Path bill, ObjectNode written) throws IOException {
        Files.writeString(bill, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(written) + "\n");
    }

    /** @param packages a line each: name, version, and an architecture of Debian's or another kind of package */
    private static void addPackages(ObjectNode written, List<String> packages) {
        ArrayNode components = written.withArray("/components");
        for (String line : packages) {
            String[] parts = line.split(" ");
            String named = parts[0] + "@" + parts[1].replace("+", "%2B");
            String purl = switch (parts[2]) {
                case "runtime" -> "pkg:generic/" + named;
                case "pypi" -> "pkg:pypi/" + named.toLowerCase(Locale.ROOT).replace('_', '-');
                default -> "pkg:deb/debian/" + named + "?arch=" + parts[2];
            };
            components
                    .addObject()
                    .put("type", parts[2].equals("runtime") ? "platform" : "library")
                    .put("bom-ref", purl)
                    .put("name", parts[0])
                    .put("version", parts[1])
                    .put("purl", purl);
        }
    }
}
