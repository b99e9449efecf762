package dev.millrace.cli.images;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;

/** A folder in the layout that the Open Container Initiative gave to images that lie in files. */
final class OciLayout {
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String INDEX = "application/vnd.oci.image.index.v1+json";

    private final Path folder;
    private final ObjectNode top = object().put("schemaVersion", 2);

    private OciLayout(Path folder) {
        this.folder = folder;
        top.putArray("manifests");
    }

    /** A new one; what was in the folder goes. */
    static OciLayout in(Path folder) throws IOException {
        Path blobs = Files.createDirectories(folder.resolve("blobs").resolve("sha256"));
        try (Stream<Path> old = Files.list(blobs)) {
            for (Path blob : old.toList()) {
                Files.delete(blob);
            }
        }
        Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        return new OciLayout(folder);
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Adds content; gives back what refers to it. */
    ObjectNode add(String mediaType, byte[] content) throws IOException {
        String digest = sha256(content);
        Files.write(folder.resolve("blobs").resolve("sha256").resolve(digest), content);
        return descriptor(mediaType, "sha256:" + digest, content.length);
    }

    ObjectNode add(String mediaType, ObjectNode content) throws IOException {
        return add(mediaType, content.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Gives a manifest a name, by which it is found. */
    void name(String name, ObjectNode descriptor) throws IOException {
        ObjectNode named = descriptor.deepCopy();
        named.putObject("annotations").put("org.opencontainers.image.ref.name", name);
        top.withArray("/manifests").add(named);
        Files.writeString(folder.resolve("index.json"), top.toString());
    }

    static ObjectNode descriptor(String mediaType, String digest, long size) {
        return object().put("mediaType", mediaType).put("digest", digest).put("size", size);
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
