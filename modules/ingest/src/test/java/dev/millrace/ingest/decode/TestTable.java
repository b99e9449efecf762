package dev.millrace.ingest.decode;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.Mask;
import dev.millrace.contract.Origin;
import dev.millrace.contract.Period;
import dev.millrace.contract.Pointer;
import dev.millrace.contract.SourceColumn;
import dev.millrace.contract.SourceTable;
import dev.millrace.contract.TimeFormat;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Builds source tables, one column after the other. */
final class TestTable {
    static final FieldType TEXT = new FieldType.Text(OptionalInt.empty());
    static final FieldType BOOLEAN = new FieldType.Bool();
    static final FieldType INTEGER = new FieldType.Int32();
    static final FieldType BIGINT = new FieldType.Int64();
    static final FieldType DOUBLE = new FieldType.Float64();
    static final FieldType DATE = new FieldType.Date();
    static final FieldType TIME = new FieldType.Timestamp();
    static final TimeFormat ISO = new TimeFormat.Iso();

    private final SourceTable.RecordFormat format;
    private final List<SourceColumn> columns = new ArrayList<>();
    private Optional<String> eventTime = Optional.empty();
    private int maxRecordBytes = 16 << 20;

    private TestTable(SourceTable.RecordFormat format) {
        this.format = format;
    }

    static TestTable json() {
        return new TestTable(new SourceTable.RecordFormat.Json());
    }

    static TestTable logs(SourceTable.Envelope envelope) {
        return new TestTable(new SourceTable.RecordFormat.CloudWatchLogs(envelope));
    }

    static TestTable messages() {
        return new TestTable(new SourceTable.RecordFormat.Json(SourceTable.Envelope.MESSAGE, Optional.empty()));
    }

    /** A table that shares its objects with others. */
    static TestTable sharing(String keyPrefix, boolean takesTheRest, String... others) {
        return new TestTable(new SourceTable.RecordFormat.Json(
                SourceTable.Envelope.NONE,
                Optional.of(new SourceTable.Routing(keyPrefix, List.of(others), takesTheRest))));
    }

    static TestTable csv() {
        return new TestTable(new SourceTable.RecordFormat.Csv(','));
    }

    static TestTable csv(char delimiter) {
        return new TestTable(new SourceTable.RecordFormat.Csv(delimiter));
    }

    static TestTable csv(SourceTable.RecordFormat.Csv dialect) {
        return new TestTable(dialect);
    }

    static FieldType varchar(int length) {
        return new FieldType.Text(OptionalInt.of(length));
    }

    static FieldType numeric(int precision, int scale) {
        return new FieldType.Decimal(precision, scale);
    }

    TestTable with(String name, FieldType type, TimeFormat... formats) {
        return add(name, type, false, place(name), formats);
    }

    TestTable required(String name, FieldType type, TimeFormat... formats) {
        return add(name, type, true, place(name), formats);
    }

    TestTable at(String pointer, String name, FieldType type, TimeFormat... formats) {
        return add(name, type, false, member(pointer, Optional.empty(), Origin.Take.VALUE), formats);
    }

    TestTable version(String pointer, String name, FieldType type) {
        return add(name, type, false, member(pointer, Optional.empty(), Origin.Take.VERSION));
    }

    TestTable within(String pointer, String within, String name, FieldType type, TimeFormat... formats) {
        return add(name, type, false, member(pointer, Optional.of(Pointer.of(within)), Origin.Take.VALUE), formats);
    }

    TestTable nonEmpty(String pointer, String name) {
        return add(name, BOOLEAN, false, member(pointer, Optional.empty(), Origin.Take.NON_EMPTY));
    }

    TestTable nonEmptyWithin(String pointer, String within, String name) {
        return add(name, BOOLEAN, false, member(pointer, Optional.of(Pointer.of(within)), Origin.Take.NON_EMPTY));
    }

    TestTable header(String header, String name, FieldType type, TimeFormat... formats) {
        return add(name, type, false, new Origin.Header(header), formats);
    }

    TestTable position(int number, String name, FieldType type) {
        return add(name, type, false, new Origin.Position(number));
    }

    TestTable landingHour(String name, FieldType type) {
        return add(name, type, true, new Origin.LandingHour());
    }

    TestTable masked(String name, FieldType type) {
        columns.add(
                new SourceColumn(new Column(name, type, false, ""), place(name), List.of(), Optional.of(Mask.HASH)));
        return this;
    }

    TestTable eventTime(String column) {
        eventTime = Optional.of(column);
        return this;
    }

    TestTable maxRecordBytes(int bytes) {
        maxRecordBytes = bytes;
        return this;
    }

    private Origin place(String name) {
        return format instanceof SourceTable.RecordFormat.Json
                ? new Origin.Member(new Pointer(List.of(name)), Optional.empty(), Origin.Take.VALUE)
                : new Origin.Header(name);
    }

    private static Origin member(String pointer, Optional<Pointer> within, Origin.Take take) {
        return new Origin.Member(Pointer.of(pointer), within, take);
    }

    private TestTable add(String name, FieldType type, boolean required, Origin origin, TimeFormat... formats) {
        columns.add(new SourceColumn(new Column(name, type, required, ""), origin, List.of(formats)));
        return this;
    }

    SourceTable table() {
        return new SourceTable(
                "events",
                "",
                "events/",
                SourceTable.KeyLayout.DATEHOUR,
                format,
                columns,
                List.of(),
                new SourceTable.EventTime(eventTime, eventTime.isEmpty()),
                Period.DAY,
                24,
                24,
                SourceTable.UnknownFields.IGNORE,
                new BigDecimal("0.05"),
                SourceTable.RepeatedObjects.DUPLICATE,
                maxRecordBytes);
    }

    /** The table of consent events, as its contract has it. */
    static TestTable consents() {
        return json().required("id", TEXT)
                .add("at", TIME, true, member("/datetime", Optional.empty(), Origin.Take.VALUE), ISO)
                .required("domain", TEXT)
                .required("type", TEXT)
                .add("user_id", TEXT, true, member("/user/id", Optional.empty(), Origin.Take.VALUE))
                .at("/user/country", "country", TEXT)
                .nonEmptyWithin("/user/token", "/purposes/enabled", "has_consent")
                .landingHour("datehour", TEXT);
    }

    /** The table of check-ins, as its contract has it. */
    static TestTable checkins() {
        return csv().header("user", "user_name", TEXT)
                .add(
                        "checked_in_at",
                        TIME,
                        true,
                        new Origin.Header("timestamp"),
                        ISO,
                        new TimeFormat.Pattern("MM/dd/yyyy hh:mm a", java.util.Locale.ROOT),
                        new TimeFormat.Pattern("d MMMM yyyy HH:mm", java.util.Locale.forLanguageTag("ru")))
                .required("hours", numeric(9, 3))
                .with("project", TEXT)
                .eventTime("checked_in_at");
    }
}
