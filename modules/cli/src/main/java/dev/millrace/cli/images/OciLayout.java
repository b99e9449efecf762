package dev.millrace.cli.images;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.stream.Stream;

/** A folder in the layout that the Open Container Initiative gave to images that lie in files. */
final class OciLayout {
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String INDEX = "application/vnd.oci.image.index.v1+json";

    static final int BUFFER = 1 << 16;

    private final Path folder;
    private final ObjectNode top = object().put("schemaVersion", 2);

    private OciLayout(Path folder) {
        this.folder = folder;
        top.putArray("manifests");
    }

    /** A new one; what was in the folder goes. */
    static OciLayout in(Path folder) throws IOException {
        remove(folder);
        Files.createDirectories(folder.resolve("blobs").resolve("sha256"));
        Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        return new OciLayout(folder);
    }

    /** Does nothing where there is none. */
    static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Adds content; gives back what refers to it. */
    ObjectNode add(String mediaType, byte[] content) throws IOException {
        String digest = HexFormat.of().formatHex(sha256().digest(content));
        Files.write(folder.resolve("blobs").resolve("sha256").resolve(digest), content);
        return descriptor(mediaType, "sha256:" + digest, content.length);
    }

    ObjectNode add(String mediaType, ObjectNode content) throws IOException {
        return add(mediaType, content.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a file; gives back what refers to it. */
    ObjectNode add(String mediaType, Path file) throws IOException {
        String digest;
        try (InputStream content = Files.newInputStream(file)) {
            digest = sha256(content);
        }
        Files.copy(
                file, folder.resolve("blobs").resolve("sha256").resolve(digest), StandardCopyOption.REPLACE_EXISTING);
        return descriptor(mediaType, "sha256:" + digest, Files.size(file));
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

    static String sha256(InputStream content) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER];
        int read = content.read(buffer);
        while (read >= 0) {
            digest.update(buffer, 0, read);
            read = content.read(buffer);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
