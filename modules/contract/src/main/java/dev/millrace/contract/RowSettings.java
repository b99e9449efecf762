package dev.millrace.contract;

import java.util.Locale;

/** What of a table's contract alters the rows that its objects decode to: part of the stamp of every hour. */
public final class RowSettings {
    /** Raised whenever the JSON decoder makes other rows of the same bytes. */
    public static final int JSON_OUTPUT_VERSION = 2;
    /** The same for the decoder of CloudWatch Logs. */
    public static final int CLOUDWATCH_LOGS_OUTPUT_VERSION = 1;
    /** The same for the decoder of Parquet. */
    public static final int PARQUET_OUTPUT_VERSION = 1;
    /** The same for the decoder of ORC. */
    public static final int ORC_OUTPUT_VERSION = 1;
    /** The same for the CSV decoder. */
    public static final int CSV_OUTPUT_VERSION = 2;

    /** Raised whenever the mask {@code hash} makes another text of the same value and key. */
    public static final int HASH_OUTPUT_VERSION = 1;

    private RowSettings() {}

    /**
     * SHA-256 in hex. Descriptions, limits and everything that only says which objects or hours are read leave it as it
     * is: objects and hours are in a stamp by themselves.
     */
    public static String digest(SourceTable table) {
        SettingsText text = new SettingsText();
        if (table.format() instanceof SourceTable.RecordFormat.Csv csv) {
            text.add("csv", CSV_OUTPUT_VERSION).add("delimiter", String.valueOf(csv.delimiter()));
            text.add("quote", csv.quote().map(String::valueOf))
                    .add("escape", csv.escape().map(String::valueOf));
            text.add("headerLine", String.valueOf(csv.header())).add("null", csv.nullText());
        } else if (table.format() instanceof SourceTable.RecordFormat.Json json) {
            text.add("json", JSON_OUTPUT_VERSION);
            if (json.envelope() != SourceTable.Envelope.NONE) {
                text.add("envelope", word(json.envelope()));
            }
            json.routing().ifPresent(routing -> add(text, routing));
        }
        if (table.format() instanceof SourceTable.RecordFormat.CloudWatchLogs logs) {
            text.add("cloudwatch-logs", CLOUDWATCH_LOGS_OUTPUT_VERSION).add("envelope", word(logs.envelope()));
        }
        if (table.format() instanceof SourceTable.RecordFormat.RowFile file) {
            text.add(
                    file.word(),
                    switch (file) {
                        case PARQUET -> PARQUET_OUTPUT_VERSION;
                        case ORC -> ORC_OUTPUT_VERSION;
                    });
        }
        text.add("maxRecordBytes", table.maxRecordBytes()).add("unknownFields", word(table.unknownFields()));
        text.add("period", word(table.period()))
                .add("eventTime", table.eventTime().column());
        text.add("fallsBack", String.valueOf(table.eventTime().fallsBackToLandingHour()));
        for (SourceColumn column : table.sourceColumns()) {
            text.add("column", column.name()).add("type", column.type().sql());
            text.add("required", String.valueOf(column.column().required()));
            add(text, column.origin());
            column.timeFormats().forEach(format -> add(text, format));
            column.mask().ifPresent(mask -> text.add("mask", word(mask)).add("maskOutput", HASH_OUTPUT_VERSION));
        }
        return text.sha256();
    }

    private static void add(SettingsText text, SourceTable.Routing routing) {
        text.add("keyPrefix", routing.keyPrefix()).add("takesTheRest", String.valueOf(routing.takesTheRest()));
        routing.others().forEach(other -> text.add("other", other));
    }

    private static void add(SettingsText text, Origin origin) {
        if (origin instanceof Origin.Member member) {
            text.add("pointer", member.pointer().toString());
            text.add("within", member.within().map(Pointer::toString));
            text.add("take", word(member.take()));
        } else if (origin instanceof Origin.Header header) {
            text.add("header", header.name());
        } else if (origin instanceof Origin.Position position) {
            text.add("position", position.number());
        } else {
            text.add("metadata", "landingHour");
        }
    }

    private static void add(SettingsText text, TimeFormat format) {
        if (format instanceof TimeFormat.Pattern pattern) {
            text.add("pattern", pattern.pattern())
                    .add("locale", pattern.locale().toLanguageTag());
        } else if (format instanceof TimeFormat.Epoch epoch) {
            text.add("epoch", word(epoch.unit()));
        } else {
            text.add("iso", "");
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
