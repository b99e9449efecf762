package dev.millrace.ingest.feed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Messages as a landed object holds them: one a line with what is known of it, gzipped. */
final class MessageObject {
    private static final JsonFactory JSON = new JsonFactory();

    private MessageObject() {}

    /** The object's bytes; without messages an object that holds no record. */
    static byte[] of(String source, Collection<Message> messages) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out);
                JsonGenerator json = JSON.createGenerator(gzip)) {
            json.setRootValueSeparator(null);
            for (Message message : messages) {
                write(json, source, message);
                json.writeRaw('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator json, String source, Message message) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("meta");
        json.writeStringField("source", source);
        json.writeStringField("id", message.id());
        if (message.sentAt().isPresent()) {
            json.writeNumberField("sentAt", message.sentAt().getAsLong());
        }
        for (Map.Entry<String, String> known : message.further().entrySet()) {
            json.writeStringField(known.getKey(), known.getValue());
        }
        json.writeEndObject();
        json.writeStringField("body", message.body());
        json.writeEndObject();
    }
}
