package dev.millrace.cli.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An array with an object a row, a line each. */
final class JsonPrinter implements RowPrinter {
    private static final JsonFactory JSON = new JsonFactory();

    private final PrintStream out;
    private final List<Field> fields;
    private boolean empty = true;

    JsonPrinter(PrintStream out, List<Field> fields) {
        this.out = out;
        this.fields = List.copyOf(fields);
        out.print("[");
    }

    @Override
    public void row(List<@Nullable String> values) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            for (int field = 0; field < fields.size(); field++) {
                json.writeFieldName(fields.get(field).name());
                write(json, fields.get(field).kind(), values.get(field));
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.print((empty ? "\n" : ",\n") + line);
        empty = false;
    }

    private static void write(JsonGenerator json, Kind kind, @Nullable String value) throws IOException {
        if (value == null) {
            json.writeNull();
            return;
        }
        switch (kind) {
            case TRUTH -> json.writeBoolean(value.equals("t") || value.equals("true"));
            case JSON -> json.writeRawValue(value);
            case NUMBER -> {
                // JSON knows neither NaN nor infinities.
                if (value.chars().anyMatch(Character::isLetter) && !value.matches("-?[0-9.]+e[-+]?[0-9]+")) {
                    json.writeString(value);
                } else {
                    json.writeNumber(value);
                }
            }
            case TEXT -> json.writeString(value);
        }
    }

    @Override
    public void end() {
        out.print(empty ? "]\n" : "\n]\n");
    }
}
