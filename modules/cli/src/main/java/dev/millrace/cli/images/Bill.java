package dev.millrace.cli.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What an image consists of, in CycloneDX: the libraries of a job, as Maven resolved them, and the packages of the base. */
final class Bill {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Bill() {}

    /** Adds the packages of the base to a bill that Maven wrote. */
    static void addBase(Path bill, List<String> packages) throws IOException {
        JsonNode read = JSON.readTree(bill.toFile());
        if (!(read instanceof ObjectNode written)) {
            throw new IOException(bill + " is no bill of materials");
        }
        ArrayNode components = written.withArray("/components");
        for (String line : packages) {
            String[] parts = line.split(" ");
            boolean debian = !parts[2].equals("runtime");
            String purl = debian
                    ? "pkg:deb/debian/" + parts[0] + "@" + parts[1].replace("+", "%2B") + "?arch=" + parts[2]
                    : "pkg:generic/" + parts[0] + "@" + parts[1].replace("+", "%2B");
            components
                    .addObject()
                    .put("type", debian ? "library" : "platform")
                    .put("bom-ref", purl)
                    .put("name", parts[0])
                    .put("version", parts[1])
                    .put("purl", purl);
        }
        Files.writeString(bill, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(written) + "\n");
    }
}
