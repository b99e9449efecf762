package dev.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SettingsDigestTest {
    private static final SourceColumn ID = new SourceColumn(
            new Column("id", new FieldType.Text(OptionalInt.empty()), true, "The id."),
            new Origin.Member(Pointer.of("/id"), Optional.empty(), Origin.Take.VALUE),
            List.of());
    private static final SourceColumn AT = new SourceColumn(
            new Column("at", new FieldType.Timestamp(), true, "When."),
            new Origin.Member(Pointer.of("/at"), Optional.empty(), Origin.Take.VALUE),
            List.of(new TimeFormat.Iso(), new TimeFormat.Pattern("d MMMM yyyy", Locale.forLanguageTag("ru"))));
    private static final SourceTable TABLE = table(List.of(ID, AT), List.of("id"), 24, Period.DAY);

    private static final Column N = new Column("n", new FieldType.Int64(), true, "How many.");
    private static final ModelTable.Input INPUT = new ModelTable.Input("events", new ModelTable.Reach.Same());
    private static final ModelTable MODEL =
            model(List.of(N), Period.DAY, List.of("n"), List.of(INPUT), "select 1 as n");

    @Test
    void equalSettingsHaveTheSameDigestOnEveryMachineAndInEveryVersion() {
        assertThat(List.of(RowSettings.digest(TABLE), BaseSettings.digest(TABLE), ModelSettings.digest(MODEL)))
                .containsExactly(
                        "baaa0419538b9dfaadbdbf61be8573c719bbb394bf147c19f49876a0d6896812",
                        "20c17fea89dc82ebd8b81ddfb7f49cbd00ecf730cb6f6d1a21c42de2c3c83979",
                        "63846235744d009a2ca3a5296046882788db89128ebb202d8ce81bb00481caaf");
    }

    @Test
    void whatAltersNoRowKeepsTheDigestOfRows() {
        SourceTable described = new SourceTable(
                TABLE.name(),
                "another description",
                "another/prefix/",
                SourceTable.KeyLayout.DATEHOUR,
                TABLE.format(),
                List.of(described(ID), described(AT)),
                List.of("at"),
                TABLE.eventTime(),
                TABLE.period(),
                48,
                72,
                TABLE.unknownFields(),
                BigDecimal.ONE,
                SourceTable.RepeatedObjects.KEEP,
                TABLE.maxRecordBytes());

        assertThat(RowSettings.digest(described)).isEqualTo(RowSettings.digest(TABLE));
    }

    @Test
    void whatAltersRowsAltersTheirDigest() {
        Origin.Member member = (Origin.Member) ID.origin();
        List<SourceTable> altered = List.of(
                format(new SourceTable.RecordFormat.Csv(',')),
                format(new SourceTable.RecordFormat.Csv(';')),
                eventTime(new SourceTable.EventTime(Optional.empty(), false)),
                eventTime(new SourceTable.EventTime(Optional.of("at"), true)),
                decoding(SourceTable.UnknownFields.QUARANTINE, TABLE.maxRecordBytes()),
                decoding(SourceTable.UnknownFields.IGNORE, 100),
                table(List.of(ID, AT), List.of("id"), 24, Period.MONTH),
                table(List.of(AT, ID), List.of("id"), 24, Period.DAY),
                table(List.of(ID), List.of("id"), 24, Period.DAY),
                id(new Column("id2", ID.type(), true, ""), member, List.of()),
                id(new Column("id", new FieldType.Text(OptionalInt.of(5)), true, ""), member, List.of()),
                id(new Column("id", ID.type(), false, ""), member, List.of()),
                id(ID.column(), new Origin.Header("id"), List.of()),
                id(ID.column(), new Origin.LandingHour(), List.of()),
                id(ID.column(), new Origin.Member(Pointer.of("/id/x"), Optional.empty(), Origin.Take.VALUE), List.of()),
                id(
                        ID.column(),
                        new Origin.Member(Pointer.of("/id"), Optional.of(Pointer.of("/x")), Origin.Take.VALUE),
                        List.of()),
                id(
                        ID.column(),
                        new Origin.Member(Pointer.of("/id"), Optional.empty(), Origin.Take.NON_EMPTY),
                        List.of()),
                table(
                        List.of(new SourceColumn(ID.column(), member, List.of(), Optional.of(Mask.HASH)), AT),
                        List.of("id"),
                        24,
                        Period.DAY),
                id(ID.column(), member, List.of(new TimeFormat.Iso())),
                id(ID.column(), member, List.of(new TimeFormat.Epoch(TimeFormat.Epoch.Unit.MILLIS))),
                id(ID.column(), member, List.of(new TimeFormat.Epoch(TimeFormat.Epoch.Unit.SECONDS))),
                id(ID.column(), member, List.of(new TimeFormat.Pattern("yyyy", Locale.ROOT))),
                id(ID.column(), member, List.of(new TimeFormat.Pattern("yyyy", Locale.GERMAN))));

        assertThat(altered)
                .extracting(RowSettings::digest)
                .doesNotHaveDuplicates()
                .doesNotContain(RowSettings.digest(TABLE));
    }

    @Test
    void whatAltersBaseRowsAltersTheirDigest() {
        List<SourceTable> altered = List.of(
                table(List.of(ID, AT), List.of("at"), 24, Period.DAY),
                table(List.of(ID, AT), List.of(), 24, Period.DAY),
                table(List.of(ID, AT), List.of("id"), 25, Period.DAY),
                table(List.of(ID, AT), List.of("id"), 24, Period.MONTH),
                table(List.of(AT, ID), List.of("id"), 24, Period.DAY),
                id(new Column("id2", ID.type(), true, ""), ID.origin(), List.of()),
                id(new Column("id", new FieldType.Int64(), true, ""), ID.origin(), List.of()));

        assertThat(altered)
                .extracting(BaseSettings::digest)
                .doesNotHaveDuplicates()
                .doesNotContain(BaseSettings.digest(TABLE));
    }

    @Test
    void whatComesWithCleanRowsKeepsTheDigestOfBaseRows() {
        SourceTable altered = new SourceTable(
                TABLE.name(),
                "another description",
                "another/prefix/",
                SourceTable.KeyLayout.DATEHOUR,
                new SourceTable.RecordFormat.Csv(';'),
                List.of(new SourceColumn(ID.column(), new Origin.Header("x"), List.of()), described(AT)),
                TABLE.key(),
                new SourceTable.EventTime(Optional.empty(), false),
                TABLE.period(),
                TABLE.dedupWindowHours(),
                72,
                SourceTable.UnknownFields.QUARANTINE,
                BigDecimal.ONE,
                SourceTable.RepeatedObjects.KEEP,
                100);

        assertThat(BaseSettings.digest(altered)).isEqualTo(BaseSettings.digest(TABLE));
    }

    @Test
    void theWindowOfATableWithoutKeyKeepsTheDigestOfBaseRows() {
        assertThat(BaseSettings.digest(table(List.of(ID, AT), List.of(), 1, Period.DAY)))
                .isEqualTo(BaseSettings.digest(table(List.of(ID, AT), List.of(), 2, Period.DAY)));
    }

    @Test
    void commentsLayoutAndDescriptionsKeepTheDigestOfAModel() {
        String commented = "-- period: day\n/* a /* nested */ comment */ select\n\t1 as n -- the end";
        Column described = new Column("n", N.type(), true, "another description");

        assertThat(ModelSettings.digest(model(List.of(described), Period.DAY, List.of("n"), List.of(INPUT), commented)))
                .isEqualTo(ModelSettings.digest(MODEL));
    }

    @Test
    void whatAltersAModelsRowsAltersItsDigest() {
        List<Column> columns = List.of(N);
        List<String> grain = List.of("n");
        String sql = MODEL.sql();
        List<ModelTable> altered = List.of(
                model(columns, Period.MONTH, grain, List.of(INPUT), sql),
                model(columns, Period.DAY, List.of("m"), List.of(INPUT), sql),
                model(columns, Period.DAY, grain, List.of(), sql),
                model(columns, Period.DAY, grain, List.of(reach(new ModelTable.Reach.All())), sql),
                model(columns, Period.DAY, grain, List.of(reach(new ModelTable.Reach.Days(1, 7))), sql),
                model(columns, Period.DAY, grain, List.of(reach(new ModelTable.Reach.Days(17, 7))), sql),
                model(List.of(new Column("m", N.type(), true, "")), Period.DAY, grain, List.of(INPUT), sql),
                model(
                        List.of(new Column("n", new FieldType.Int32(), true, "")),
                        Period.DAY,
                        grain,
                        List.of(INPUT),
                        sql),
                model(List.of(new Column("n", N.type(), false, "")), Period.DAY, grain, List.of(INPUT), sql),
                model(columns, Period.DAY, grain, List.of(INPUT), "select 2 as n"),
                model(columns, Period.DAY, grain, List.of(INPUT), "select '1' as n"),
                model(columns, Period.DAY, grain, List.of(INPUT), "select ' 1' as n"),
                model(columns, Period.DAY, grain, List.of(INPUT), "select `1` as n"));

        assertThat(altered)
                .extracting(ModelSettings::digest)
                .doesNotHaveDuplicates()
                .doesNotContain(ModelSettings.digest(MODEL));
    }

    private static SourceColumn described(SourceColumn column) {
        return new SourceColumn(
                new Column(column.name(), column.type(), column.column().required(), "another description"),
                column.origin(),
                column.timeFormats());
    }

    private static SourceTable id(Column column, Origin origin, List<TimeFormat> formats) {
        return table(List.of(new SourceColumn(column, origin, formats), AT), List.of("id"), 24, Period.DAY);
    }

    private static SourceTable format(SourceTable.RecordFormat format) {
        return table(format, TABLE.eventTime(), TABLE.unknownFields(), TABLE.maxRecordBytes());
    }

    private static SourceTable eventTime(SourceTable.EventTime eventTime) {
        return table(TABLE.format(), eventTime, TABLE.unknownFields(), TABLE.maxRecordBytes());
    }

    private static SourceTable decoding(SourceTable.UnknownFields unknownFields, int maxRecordBytes) {
        return table(TABLE.format(), TABLE.eventTime(), unknownFields, maxRecordBytes);
    }

    private static SourceTable table(
            SourceTable.RecordFormat format,
            SourceTable.EventTime eventTime,
            SourceTable.UnknownFields unknownFields,
            int maxRecordBytes) {
        return new SourceTable(
                "events",
                "Events.",
                "events/",
                SourceTable.KeyLayout.FIREHOSE,
                format,
                List.of(ID, AT),
                List.of("id"),
                eventTime,
                Period.DAY,
                24,
                24,
                unknownFields,
                new BigDecimal("0.05"),
                SourceTable.RepeatedObjects.DUPLICATE,
                maxRecordBytes);
    }

    private static SourceTable table(List<SourceColumn> columns, List<String> key, int window, Period period) {
        return new SourceTable(
                "events",
                "Events.",
                "events/",
                SourceTable.KeyLayout.FIREHOSE,
                new SourceTable.RecordFormat.Json(),
                columns,
                key,
                new SourceTable.EventTime(Optional.of("at"), false),
                period,
                window,
                24,
                SourceTable.UnknownFields.IGNORE,
                new BigDecimal("0.05"),
                SourceTable.RepeatedObjects.DUPLICATE,
                16 << 20);
    }

    private static ModelTable model(
            List<Column> columns, Period period, List<String> grain, List<ModelTable.Input> inputs, String sql) {
        return new ModelTable("counts", "Counts.", columns, period, grain, inputs, sql);
    }

    private static ModelTable.Input reach(ModelTable.Reach reach) {
        return new ModelTable.Input("events", reach);
    }
}
