package dev.millrace.local;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A JSON document as its leaves by pointer, such as {@code /s3/endpoint}. */
record FlatJson(Map<String, String> leaves) {
    static final JsonFactory FACTORY = new JsonFactory();

    FlatJson {
        leaves = Map.copyOf(leaves);
    }

    static FlatJson of(byte[] bytes) throws IOException {
        Map<String, String> leaves = new HashMap<>();
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue()) {
                    JsonPointer pointer = parser.getParsingContext().pathAsPointer();
                    leaves.put(pointer.toString(), parser.getText());
                }
            }
        }
        return new FlatJson(leaves);
    }

    /** Empty where there is no such file. */
    static Optional<FlatJson> ofFile(Path file) throws IOException {
        try {
            return Optional.of(of(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Writes the members of one object. */
    interface Members {
        void to(JsonGenerator json) throws IOException;
    }

    /** An object with these members, which nobody but the owner can read. */
    static void write(Path file, Members members) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            members.to(json);
            json.writeEndObject();
        }
        StateFolder.writePrivately(file, bytes.toByteArray());
    }

    String text(String pointer) throws IOException {
        String value = leaves.get(pointer);
        if (value == null) {
            throw new IOException("it has no " + pointer);
        }
        return value;
    }

    long number(String pointer) throws IOException {
        try {
            return Long.parseLong(text(pointer));
        } catch (NumberFormatException e) {
            throw new IOException("its " + pointer + " is no number", e);
        }
    }
}
