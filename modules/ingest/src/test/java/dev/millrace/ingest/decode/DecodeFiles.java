package dev.millrace.ingest.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.contract.Contract;
import dev.millrace.contract.ContractFile;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import dev.millrace.environment.Secret;
import dev.millrace.ingest.mask.HashKey;
import dev.millrace.lake.ObjectSource;
import dev.millrace.lake.Row;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** Decodes files by a contract and prints what became of them, so that another decoder's answers can be held against it. */
public final class DecodeFiles {
    private static final Map<String, Contract> CONTRACTS = new HashMap<>();
    private static final HashKey KEY = HashKey.of(Secret.of("a key that masks nothing but what tests make up"));
    private static final JsonFactory JSON = new JsonFactory();

    private DecodeFiles() {}

    /**
     * Arguments: a contract, a table of it, a landing hour, a file, and how many bytes are read at a time, 0 for as many as
     * always. Prints a JSON object for each record, and then how many there were.
     */
    @SuppressWarnings("SystemOut") // The other decoder reads it.
    public static int run(String... arguments) {
        Contract contract = CONTRACTS.computeIfAbsent(arguments[0], path -> ContractFile.read(Path.of(path)));
        SourceTable table = (SourceTable) contract.table(arguments[1]).orElseThrow();
        int chunk = Integer.parseInt(arguments[4]);
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.setRootValueSeparator(null);
            Optional<HashKey> key = contract.isMasked() ? Optional.of(KEY) : Optional.empty();
            ObjectDecoder decoder = chunk == 0 ? ObjectDecoder.of(table, key) : ObjectDecoder.of(table, key, chunk);
            long count =
                    decoder.decode(source(Path.of(arguments[3])), LandingHour.of(arguments[2]), new Lines(table, json));
            json.writeStartObject();
            json.writeNumberField("count", count);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] lines = (text + "\n").getBytes(StandardCharsets.UTF_8);
        System.out.write(lines, 0, lines.length);
        System.out.flush();
        return 0;
    }

    private static ObjectSource source(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        return new ObjectSource() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public InputStream whole() {
                return from(0);
            }

            @Override
            public InputStream from(long position) {
                return new ByteArrayInputStream(bytes, (int) position, bytes.length - (int) position);
            }
        };
    }

    private static final class Lines implements RecordSink {
        private final SourceTable table;
        private final JsonGenerator json;

        private Lines(SourceTable table, JsonGenerator json) {
            this.table = table;
            this.json = json;
        }

        @Override
        public void row(long record, Row row) throws IOException {
            json.writeStartObject();
            json.writeNumberField("record", record);
            json.writeArrayFieldStart("values");
            for (int column = 0; column < table.sourceColumns().size(); column++) {
                if (row.isNull(column)) {
                    json.writeNull();
                } else if (table.sourceColumns().get(column).type() instanceof FieldType.Text) {
                    json.writeString(new String(
                            row.textBytes(column),
                            row.textStart(column),
                            row.textLength(column),
                            StandardCharsets.UTF_8));
                } else {
                    json.writeNumber(row.number(column));
                }
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }

        @Override
        public void violation(Violation violation) throws IOException {
            json.writeStartObject();
            json.writeNumberField("record", violation.record());
            json.writeStringField("reason", violation.reason().label());
            json.writeStringField("pointer", violation.pointer());
            json.writeStringField("payload", HexFormat.of().formatHex(violation.payload()));
            json.writeNumberField("bytes", violation.bytes());
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }
}
