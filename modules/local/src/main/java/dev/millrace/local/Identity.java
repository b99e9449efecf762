package dev.millrace.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * What a state folder keeps from one start to the next: ports, as long as they are free, and the secrets, which were drawn
 * when the folder was made.
 */
record Identity(int s3Port, int postgresPort, String accessKey, String secretKey, String password, String hashKey) {

    /** Free ports are chosen at the moment of asking: whoever starts a server on one must be ready to lose it. */
    static Identity ofFolder(Path file) throws IOException {
        Identity kept = Files.exists(file) ? read(file) : drawn();
        String hashKey = kept.hashKey.isEmpty() ? drawn().hashKey : kept.hashKey;
        Identity now = new Identity(
                Loopback.freePort(kept.s3Port),
                Loopback.freePort(kept.postgresPort),
                kept.accessKey,
                kept.secretKey,
                kept.password,
                hashKey);
        if (!Files.exists(file) || !now.equals(kept)) {
            now.write(file);
        }
        return now;
    }

    private static Identity read(Path file) throws IOException {
        FlatJson json = FlatJson.of(Files.readAllBytes(file));
        return new Identity(
                Math.toIntExact(json.number("/s3Port")),
                Math.toIntExact(json.number("/postgresPort")),
                json.text("/accessKey"),
                json.text("/secretKey"),
                json.text("/password"),
                // A folder that was made before there were masks has none.
                json.leaves().getOrDefault("/hashKey", ""));
    }

    private static Identity drawn() {
        SecureRandom random = new SecureRandom();
        return new Identity(
                0, 0, "local" + secret(random, 8), secret(random, 20), secret(random, 20), secret(random, 32));
    }

    private static String secret(SecureRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void write(Path file) throws IOException {
        FlatJson.write(file, json -> {
            json.writeNumberField("s3Port", s3Port);
            json.writeNumberField("postgresPort", postgresPort);
            json.writeStringField("accessKey", accessKey);
            json.writeStringField("secretKey", secretKey);
            json.writeStringField("password", password);
            json.writeStringField("hashKey", hashKey);
        });
    }

    @Override
    public String toString() {
        return "Identity[s3Port=" + s3Port + ", postgresPort=" + postgresPort + "]";
    }
}
