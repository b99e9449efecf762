package dev.millrace.ingest.replay;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A record that Firehose could not deliver.
 *
 * @param raw its bytes, as they were put into the stream
 * @param arrivedAt when Firehose took it in, in milliseconds since 1970, where that is said
 */
record FailedRecord(byte[] raw, OptionalLong arrivedAt) {
    private static final JsonFactory JSON = new JsonFactory();

    FailedRecord {
        requireNonNull(raw, "raw");
        requireNonNull(arrivedAt, "arrivedAt");
    }

    /** Takes the record out of its envelope, a line of an error object; nothing where the line is no such envelope. */
    static Optional<FailedRecord> of(String line) {
        byte[] raw = null;
        OptionalLong arrivedAt = OptionalLong.empty();
        try (JsonParser json = JSON.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (name.equals("rawData") && value == JsonToken.VALUE_STRING) {
                    raw = Base64.getDecoder().decode(json.getText());
                } else if (name.equals("arrivalTimestamp") && value.isScalarValue()) {
                    arrivedAt = OptionalLong.of(Long.parseLong(json.getText()));
                } else {
                    json.skipChildren();
                }
            }
            if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
                return Optional.empty();
            }
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
        return raw == null ? Optional.empty() : Optional.of(new FailedRecord(raw, arrivedAt));
    }
}
