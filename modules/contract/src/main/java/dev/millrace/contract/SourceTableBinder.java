package dev.millrace.contract;

import static dev.millrace.contract.ContractSettings.CSV_DELIMITER;
import static dev.millrace.contract.ContractSettings.CSV_ESCAPE;
import static dev.millrace.contract.ContractSettings.CSV_HEADER;
import static dev.millrace.contract.ContractSettings.CSV_NULL;
import static dev.millrace.contract.ContractSettings.CSV_QUOTE;
import static dev.millrace.contract.ContractSettings.DEDUP_WINDOW;
import static dev.millrace.contract.ContractSettings.ENVELOPE;
import static dev.millrace.contract.ContractSettings.EVENT_TIME;
import static dev.millrace.contract.ContractSettings.EVENT_TIME_FALLBACK;
import static dev.millrace.contract.ContractSettings.FORMAT;
import static dev.millrace.contract.ContractSettings.HEADER;
import static dev.millrace.contract.ContractSettings.KEY_PREFIX;
import static dev.millrace.contract.ContractSettings.LAYOUT;
import static dev.millrace.contract.ContractSettings.LOOK_BACK;
import static dev.millrace.contract.ContractSettings.MASK;
import static dev.millrace.contract.ContractSettings.MAX_RECORD_BYTES;
import static dev.millrace.contract.ContractSettings.METADATA;
import static dev.millrace.contract.ContractSettings.PERIOD;
import static dev.millrace.contract.ContractSettings.POINTER;
import static dev.millrace.contract.ContractSettings.POSITION;
import static dev.millrace.contract.ContractSettings.PREFIX;
import static dev.millrace.contract.ContractSettings.QUARANTINE_LIMIT;
import static dev.millrace.contract.ContractSettings.QUEUE;
import static dev.millrace.contract.ContractSettings.REPEATED_OBJECTS;
import static dev.millrace.contract.ContractSettings.STREAM;
import static dev.millrace.contract.ContractSettings.TAKE;
import static dev.millrace.contract.ContractSettings.TIME_FORMATS;
import static dev.millrace.contract.ContractSettings.UNKNOWN_FIELDS;
import static dev.millrace.contract.ContractSettings.WITHIN;

import dev.millrace.contract.SourceTable.EventTime;
import dev.millrace.contract.SourceTable.RecordFormat;
import dev.millrace.contract.written.At;
import dev.millrace.contract.written.ContractDocument.PropertyDocument;
import dev.millrace.contract.written.ContractDocument.TableDocument;
import dev.millrace.contract.written.Problems;
import dev.millrace.contract.written.Suggestion;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Resolves a table that is read from landed objects. */
final class SourceTableBinder {
    private static final String LANDING_HOUR = "landingHour";
    private static final int LANDING_HOUR_LENGTH = "2026-01-05-03".length();

    private final TableDocument table;
    private final Customs customs;
    private final Problems problems;
    private final ColumnBinder columns;
    /** The last column's, where columns have positions. */
    private int position;

    SourceTableBinder(TableDocument table, Customs customs, Problems problems) {
        this.table = table;
        this.customs = customs;
        this.problems = problems;
        this.columns = new ColumnBinder(problems);
    }

    /** The table; empty, with the reasons among the problems, where it cannot be one. */
    Optional<SourceTable> bind(Optional<String> name, Optional<String> pipeline) {
        Optional<SourceTable.KeyLayout> layout = customs.required(LAYOUT);
        Optional<RecordFormat> format = format();
        Optional<Period> period = customs.required(PERIOD);
        List<SourceColumn> bound = columns(format);
        Optional<EventTime> eventTime = eventTime(period, bound);
        List<String> key = key();
        Optional<String> prefix = customs.has(PREFIX) ? customs.value(PREFIX) : pipeline.map(id -> id + "/");
        Integer dedupWindow = customs.value(DEDUP_WINDOW).orElse(24);
        if (key.isEmpty() && !problems.tellOf(customs.place(DEDUP_WINDOW))) {
            customs.refuse(DEDUP_WINDOW, "needs a key; mark the properties that make it with 'primaryKey: true'");
        }
        Integer lookBack = customs.value(LOOK_BACK).orElse(24);
        BigDecimal limit = customs.value(QUARANTINE_LIMIT).orElse(new BigDecimal("0.05"));
        SourceTable.RepeatedObjects repeated =
                customs.value(REPEATED_OBJECTS).orElse(SourceTable.RepeatedObjects.DUPLICATE);
        Integer maxRecordBytes = customs.value(MAX_RECORD_BYTES).orElse(16 << 20);
        SourceTable.UnknownFields unknownFields = unknownFields();
        if (name.isEmpty()
                || prefix.isEmpty()
                || layout.isEmpty()
                || format.isEmpty()
                || period.isEmpty()
                || eventTime.isEmpty()
                || bound.size() < table.properties().size()) {
            return Optional.empty();
        }
        return Optional.of(new SourceTable(
                name.get(),
                table.description().map(At::value).map(String::strip).orElse(""),
                prefix.get(),
                layout.get(),
                format.get(),
                bound,
                key,
                eventTime.get(),
                period.get(),
                dedupWindow,
                lookBack,
                unknownFields,
                limit,
                repeated,
                maxRecordBytes));
    }

    /** The queue or stream that holds the table's records, if one does. */
    Optional<Feed> feed(SourceTable source) {
        boolean ofMessages =
                source.format() instanceof RecordFormat.Json json && json.envelope() == SourceTable.Envelope.MESSAGE
                        || source.format() instanceof RecordFormat.CloudWatchLogs logs
                                && logs.envelope() == SourceTable.Envelope.MESSAGE;
        if (!ofMessages) {
            for (Setting<?> setting : List.of(QUEUE, STREAM)) {
                customs.refuse(
                        setting, "lands messages with what is known of them; write 'envelope: message' beside it");
            }
        }
        if (customs.has(QUEUE)) {
            customs.refuse(STREAM, "stands beside 'queue'; a table is fed by one of them");
        }
        Optional<Feed> queue = customs.value(QUEUE).map(name -> new Feed.Queue(source.name(), name));
        return queue.or(() -> customs.value(STREAM).map(name -> new Feed.Stream(source.name(), name)));
    }

    private Optional<RecordFormat> format() {
        Optional<String> format = customs.required(FORMAT);
        Optional<Character> delimiter = customs.value(CSV_DELIMITER);
        Optional<SourceTable.Envelope> envelope = customs.value(ENVELOPE);
        Optional<String> keyPrefix = customs.value(KEY_PREFIX);
        if (format.isPresent() && !format.get().equals("csv")) {
            for (Setting<?> setting : List.of(CSV_DELIMITER, CSV_QUOTE, CSV_ESCAPE, CSV_HEADER, CSV_NULL)) {
                customs.refuse(setting, "is only for a table with 'format: csv'");
            }
            if (envelope.filter(SourceTable.Envelope.MESSAGE::equals).isPresent()) {
                customs.refuse(KEY_PREFIX, "has no meaning beside 'envelope: message'");
            }
            Optional<RecordFormat.RowFile> rows = RecordFormat.RowFile.of(format.get());
            if (rows.isPresent()) {
                customs.refuse(ENVELOPE, "is only for a table with 'format: json' or 'cloudwatch-logs'");
                customs.refuse(KEY_PREFIX, "is only for a table with 'format: json'");
                return Optional.of(rows.get());
            }
            if (format.get().equals("cloudwatch-logs")) {
                customs.refuse(KEY_PREFIX, "is only for a table with 'format: json'");
                return Optional.of(new RecordFormat.CloudWatchLogs(envelope.orElse(SourceTable.Envelope.NONE)));
            }
            return Optional.of(new RecordFormat.Json(
                    envelope.orElse(SourceTable.Envelope.NONE),
                    keyPrefix.map(prefix -> new SourceTable.Routing(prefix, List.of(), true))));
        }
        if (format.isPresent()) {
            customs.refuse(ENVELOPE, "is only for a table with 'format: json'");
            customs.refuse(KEY_PREFIX, "is only for a table with 'format: json'");
        }
        return format.map(csv -> csv(delimiter.orElse(',')));
    }

    private RecordFormat csv(char delimiter) {
        Optional<Character> quote = customs.value(CSV_QUOTE).orElse(Optional.of('"'));
        Optional<Character> escape = customs.value(CSV_ESCAPE).orElse(Optional.empty());
        if (quote.filter(character -> character == delimiter).isPresent()) {
            problems.add(customs.place(CSV_DELIMITER), "quote and delimiter are the same character");
        }
        if (escape.isPresent() && (escape.get() == delimiter || escape.equals(quote))) {
            problems.add(
                    customs.place(CSV_ESCAPE),
                    "the escape is another one's character; a doubled quote needs no setting to stand for itself");
        }
        return new RecordFormat.Csv(
                delimiter, quote, escape, customs.value(CSV_HEADER).orElse(true), customs.value(CSV_NULL));
    }

    private SourceTable.UnknownFields unknownFields() {
        SourceTable.UnknownFields treatment = customs.value(UNKNOWN_FIELDS).orElse(SourceTable.UnknownFields.IGNORE);
        if (treatment != SourceTable.UnknownFields.IGNORE) {
            problems.add(
                    customs.place(UNKNOWN_FIELDS),
                    "'" + treatment.name().toLowerCase(Locale.ROOT)
                            + "' cannot be applied by this version yet; allowed: ignore");
        }
        return treatment;
    }

    private Optional<EventTime> eventTime(Optional<Period> period, List<SourceColumn> bound) {
        Optional<Boolean> fallsBack = customs.value(EVENT_TIME_FALLBACK);
        if (!customs.has(EVENT_TIME) && period.isPresent() && period.get() == Period.NONE) {
            customs.refuse(EVENT_TIME_FALLBACK, "needs an 'eventTime' that is a property");
            return Optional.of(new EventTime(Optional.empty(), false));
        }
        Optional<String> written = customs.required(EVENT_TIME);
        if (written.isEmpty()) {
            return Optional.empty();
        }
        String column = written.get();
        if (column.equals(LANDING_HOUR)) {
            customs.refuse(
                    EVENT_TIME_FALLBACK, "needs an 'eventTime' that is a property; the landing hour is never null");
            return Optional.of(new EventTime(Optional.empty(), false));
        }
        List<String> names = ColumnBinder.names(table);
        if (!names.contains(column)) {
            List<String> words = new ArrayList<>(names);
            words.add(LANDING_HOUR);
            problems.add(
                    customs.place(EVENT_TIME),
                    "the table has no property '" + column + "'; allowed: a timestamptz property or landingHour"
                            + Suggestion.forWord(column, words));
            return Optional.empty();
        }
        for (SourceColumn candidate : bound) {
            if (candidate.name().equals(column) && !(candidate.type() instanceof FieldType.Timestamp)) {
                problems.add(
                        customs.place(EVENT_TIME),
                        "the event time must be a timestamptz, but '" + column + "' is a "
                                + candidate.type().sql());
                return Optional.empty();
            }
        }
        return Optional.of(new EventTime(Optional.of(column), fallsBack.orElse(false)));
    }

    /** The properties that make the key, in the order of their positions. */
    private List<String> key() {
        List<PropertyDocument> parts = new ArrayList<>();
        for (PropertyDocument property : table.properties()) {
            if (property.primaryKey().map(At::value).orElse(false)) {
                parts.add(property);
                if (!property.required().map(At::value).orElse(false)) {
                    problems.add(
                            ColumnBinder.place(property),
                            "a column of the key must not be null; write 'required: true' beside it");
                }
            } else {
                property.primaryKeyPosition()
                        .ifPresent(position ->
                                problems.add(position.place(), "a primaryKeyPosition goes with 'primaryKey: true'"));
            }
        }
        boolean placed =
                parts.stream().anyMatch(part -> part.primaryKeyPosition().isPresent());
        if (placed) {
            Set<Integer> positions = new HashSet<>();
            for (PropertyDocument part : parts) {
                if (part.primaryKeyPosition().isEmpty()) {
                    problems.add(
                            ColumnBinder.place(part),
                            "other columns of the key have a primaryKeyPosition, this one has none");
                } else if (!positions.add(part.primaryKeyPosition().get().value())) {
                    problems.add(part.primaryKeyPosition().get().place(), "two columns of the key have this position");
                }
            }
            parts.sort(Comparator.comparing(
                    part -> part.primaryKeyPosition().map(At::value).orElse(Integer.MAX_VALUE)));
        }
        return parts.stream()
                .flatMap(part -> part.name().map(At::value).stream())
                .toList();
    }

    private List<SourceColumn> columns(Optional<RecordFormat> format) {
        columns.refuseRepeatedNames(table);
        position = 0;
        List<SourceColumn> bound = new ArrayList<>();
        for (PropertyDocument property : table.properties()) {
            Customs settings =
                    Customs.of(property.place(), property.customProperties(), Setting.Level.PROPERTY, problems);
            Optional<Mask> mask = settings.value(MASK);
            Optional<Column> column = columns.bind(property);
            Optional<String> name = property.name().map(At::value);
            Optional<FieldType> type = column.map(Column::type);
            Optional<Origin> origin = origin(name, type, format, settings);
            List<TimeFormat> timeFormats = timeFormats(type, origin, settings);
            if (mask.isPresent()) {
                checkMask(type, origin, settings);
            }
            if (column.isPresent() && origin.isPresent()) {
                bound.add(new SourceColumn(column.get(), origin.get(), timeFormats, mask));
            }
        }
        return bound;
    }

    private Optional<Origin> origin(
            Optional<String> name, Optional<FieldType> type, Optional<RecordFormat> format, Customs settings) {
        Optional<Origin.LandingHour> metadata = settings.value(METADATA);
        Optional<Pointer> pointer = settings.value(POINTER);
        Optional<Pointer> within = settings.value(WITHIN);
        Optional<Origin.Take> take = settings.value(TAKE);
        Optional<String> header = settings.value(HEADER);
        Optional<Integer> written = settings.value(POSITION);
        if (settings.has(METADATA)) {
            for (Setting<?> setting : List.of(POINTER, WITHIN, TAKE, HEADER, POSITION, TIME_FORMATS)) {
                settings.refuse(setting, "has no meaning beside 'metadata': the value comes from no record");
            }
            type.filter(any -> !holdsLandingHour(any))
                    .ifPresent(any -> problems.add(
                            settings.place(METADATA),
                            "the landing hour goes into a text (of at least " + LANDING_HOUR_LENGTH
                                    + " characters) or a timestamptz, not into a " + any.sql()));
            return metadata.map(landingHour -> landingHour);
        }
        if (format.isPresent() && format.get() instanceof RecordFormat.Csv csv) {
            for (Setting<?> setting : List.of(POINTER, WITHIN, TAKE)) {
                settings.refuse(setting, "is only for a table with 'format: json'; a CSV column has a 'header'");
            }
            if (!csv.header()) {
                settings.refuse(HEADER, "is only for a table whose first line names the fields; write a 'position'");
                position = written.orElse(position + 1);
                return Optional.of(new Origin.Position(position));
            }
            settings.refuse(POSITION, "is only for a table with 'csvHeader: none'; write a 'header'");
            return header.or(() -> settings.has(HEADER) ? Optional.empty() : name)
                    .map(Origin.Header::new);
        }
        if (format.isPresent()) {
            settings.refuse(HEADER, "is only for a table with 'format: csv'; a JSON column has a 'pointer'");
            settings.refuse(POSITION, "is only for a table with 'csvHeader: none'; a JSON column has a 'pointer'");
        }
        if (take.isPresent() && type.isPresent()) {
            checkTake(take.get(), type.get(), settings);
        }
        return pointer.or(() -> settings.has(POINTER) ? Optional.empty() : name.map(member -> member(member, format)))
                .map(found -> new Origin.Member(found, within, take.orElse(Origin.Take.VALUE)));
    }

    private void checkMask(Optional<FieldType> type, Optional<Origin> origin, Customs settings) {
        if (origin.isPresent() && origin.get() instanceof Origin.LandingHour) {
            settings.refuse(MASK, "has no meaning beside 'metadata': the landing hour is no secret");
        }
        boolean fits = type.isEmpty()
                || (type.get() instanceof FieldType.Text text
                        && text.maxLength().orElse(Mask.HASH_LENGTH) >= Mask.HASH_LENGTH);
        if (!fits) {
            problems.add(
                    settings.place(MASK),
                    "the mask 'hash' makes a text of " + Mask.HASH_LENGTH + " characters, but the column is a "
                            + type.get().sql() + "; allowed: text, or varchar(" + Mask.HASH_LENGTH + ") and longer");
        }
    }

    private void checkTake(Origin.Take take, FieldType type, Customs settings) {
        if (take == Origin.Take.NON_EMPTY && !(type instanceof FieldType.Bool)) {
            problems.add(settings.place(TAKE), "'nonEmpty' makes a boolean, but the column is a " + type.sql());
        }
        if (take == Origin.Take.VERSION && !(type instanceof FieldType.Int32 || type instanceof FieldType.Int64)) {
            problems.add(
                    settings.place(TAKE), "'version' makes an integer or bigint, but the column is a " + type.sql());
        }
    }

    /** Where a column without a pointer reads. */
    private static Pointer member(String name, Optional<RecordFormat> format) {
        if (format.isPresent() && format.get() instanceof RecordFormat.CloudWatchLogs logs) {
            boolean isMessage = logs.envelope() == SourceTable.Envelope.MESSAGE;
            return new Pointer(isMessage ? List.of("body", "logEvents", name) : List.of("logEvents", name));
        }
        if (format.isPresent() && format.get() instanceof RecordFormat.Json json) {
            if (json.envelope() == SourceTable.Envelope.MESSAGE) {
                return new Pointer(List.of("body", name));
            }
            return new Pointer(
                    List.of(json.routing().map(SourceTable.Routing::keyPrefix).orElse("") + name));
        }
        return new Pointer(List.of(name));
    }

    private static boolean holdsLandingHour(FieldType type) {
        return type instanceof FieldType.Timestamp
                || (type instanceof FieldType.Text text
                        && text.maxLength().orElse(LANDING_HOUR_LENGTH) >= LANDING_HOUR_LENGTH);
    }

    private static List<TimeFormat> timeFormats(Optional<FieldType> type, Optional<Origin> origin, Customs settings) {
        Optional<List<TimeFormat>> written = settings.value(TIME_FORMATS);
        boolean fromRecord =
                origin.filter(any -> !(any instanceof Origin.LandingHour)).isPresent();
        if (type.isPresent() && type.get() instanceof FieldType.Date) {
            return fromRecord ? written.orElse(List.of()) : List.of();
        }
        if (type.isPresent() && !(type.get() instanceof FieldType.Timestamp)) {
            settings.refuse(
                    TIME_FORMATS,
                    "is only for a timestamptz or a date, but the column is a "
                            + type.get().sql());
            return List.of();
        }
        return fromRecord && type.isPresent() ? written.orElse(List.of(new TimeFormat.Iso())) : List.of();
    }
}
