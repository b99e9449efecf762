package dev.millrace.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * What Airflow keeps from one start to the next: its port, as long as that is free, and the secrets, which were drawn at its
 * first start.
 *
 * @param fernetKey encrypts the connections and variables that are entered in Airflow
 * @param tokenSecret signs the tokens of whoever logs in, and of tasks
 */
record AirflowIdentity(int port, String password, String fernetKey, String tokenSecret) {
    private static final int FERNET_BYTES = 32;
    private static final int TOKEN_BYTES = 64;
    private static final int PASSWORD_BYTES = 12;

    static AirflowIdentity ofFolder(Path file) throws IOException {
        AirflowIdentity kept = Files.exists(file) ? read(file) : drawn();
        AirflowIdentity now =
                new AirflowIdentity(Loopback.freePort(kept.port), kept.password, kept.fernetKey, kept.tokenSecret);
        if (!Files.exists(file) || !now.equals(kept)) {
            now.write(file);
        }
        return now;
    }

    private static AirflowIdentity read(Path file) throws IOException {
        FlatJson json = FlatJson.of(Files.readAllBytes(file));
        return new AirflowIdentity(
                Math.toIntExact(json.number("/port")),
                json.text("/password"),
                json.text("/fernetKey"),
                json.text("/tokenSecret"));
    }

    private static AirflowIdentity drawn() {
        SecureRandom random = new SecureRandom();
        return new AirflowIdentity(
                0,
                encoded(random, PASSWORD_BYTES, Base64.getUrlEncoder().withoutPadding()),
                encoded(random, FERNET_BYTES, Base64.getUrlEncoder()),
                encoded(random, TOKEN_BYTES, Base64.getUrlEncoder().withoutPadding()));
    }

    private static String encoded(SecureRandom random, int length, Base64.Encoder encoder) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return encoder.encodeToString(bytes);
    }

    private void write(Path file) throws IOException {
        FlatJson.write(file, json -> {
            json.writeNumberField("port", port);
            json.writeStringField("password", password);
            json.writeStringField("fernetKey", fernetKey);
            json.writeStringField("tokenSecret", tokenSecret);
        });
    }

    @Override
    public String toString() {
        return "AirflowIdentity[port=" + port + "]";
    }
}
