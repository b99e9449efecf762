package dev.millrace.job;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One line an event: JSON for machines, or text for a person at a terminal. */
final class LogLayout extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final JsonFactory JSON = new JsonFactory();
    private static final String OURS = "dev.millrace.";

    private final boolean json;

    LogLayout(boolean json) {
        this.json = json;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return (json ? json(event) : text(event)).getBytes(StandardCharsets.UTF_8);
    }

    private static String json(ILoggingEvent event) {
        StringWriter line = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(line)) {
            out.writeStartObject();
            out.writeStringField(
                    "time", Instant.ofEpochMilli(event.getTimeStamp()).toString());
            out.writeStringField("level", event.getLevel().toString().toLowerCase(Locale.ROOT));
            out.writeStringField("message", event.getFormattedMessage());
            for (Map.Entry<String, String> fact : new TreeMap<>(event.getMDCPropertyMap()).entrySet()) {
                out.writeStringField(fact.getKey(), fact.getValue());
            }
            out.writeStringField("logger", event.getLoggerName());
            String trace = trace(event);
            if (trace != null) {
                out.writeStringField("trace", trace);
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.append('\n').toString();
    }

    private static String text(ILoggingEvent event) {
        StringBuilder line = new StringBuilder();
        line.append(CLOCK.format(Instant.ofEpochMilli(event.getTimeStamp()))).append(' ');
        switch (event.getLevel().toInt()) {
            case Level.ERROR_INT -> line.append("ERROR ");
            case Level.WARN_INT -> line.append("warn  ");
            default -> line.append("      ");
        }
        Map<String, String> facts = event.getMDCPropertyMap();
        for (String key : new String[] {"pipeline", "stage", "table", "partition"}) {
            String fact = facts.get(key);
            if (fact != null) {
                line.append(fact).append(' ');
            }
        }
        line.append(facts.isEmpty() ? "" : "| ").append(event.getFormattedMessage());
        String trace = trace(event);
        if (trace != null) {
            line.append('\n').append(trace);
        }
        return line.append('\n').toString();
    }

    /** Traces are for mistakes of ours; what a library throws about the outside world is told in one line by whoever caught it. */
    private static @Nullable String trace(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown == null) {
            return null;
        }
        if (event.getLoggerName().startsWith(OURS)) {
            return ThrowableProxyUtil.asString(thrown);
        }
        return thrown.getClassName();
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
