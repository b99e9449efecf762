package dev.millrace.job;

import java.util.Map;
import org.slf4j.MDC;

/** Facts that stand on every log line while the context is open: run, pipeline, stage, partition. */
public final class LogContext implements AutoCloseable {
    private final Map<String, String> before;

    private LogContext(Map<String, String> before) {
        this.before = before;
    }

    /** What stands on the lines is put back to what it was when this is closed. */
    public static LogContext fresh() {
        Map<String, String> before = MDC.getCopyOfContextMap();
        return new LogContext(before == null ? Map.of() : before);
    }

    public LogContext run(String runId) {
        return with("run", runId);
    }

    public LogContext pipeline(String pipeline) {
        return with("pipeline", pipeline);
    }

    public LogContext stage(String stage) {
        return with("stage", stage);
    }

    public LogContext table(String table) {
        return with("table", table);
    }

    /** An hour or a period. */
    public LogContext partition(String partition) {
        return with("partition", partition);
    }

    private LogContext with(String key, String value) {
        MDC.put(key, value);
        return this;
    }

    @Override
    public void close() {
        MDC.setContextMap(before);
    }
}
