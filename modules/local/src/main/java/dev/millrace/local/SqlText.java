package dev.millrace.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A statement from its {@code .sql} file. */
final class SqlText {
    private SqlText() {}

    static String of(String name) throws IOException {
        try (InputStream file = SqlText.class.getResourceAsStream(name + ".sql")) {
            if (file == null) {
                throw new IOException("The class path lacks " + name + ".sql");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
