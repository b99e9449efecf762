package dev.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.written.Problem;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContractFileTest {
    private static final Path BROKEN = Path.of("src/test/resources/dev/millrace/contract/broken");

    /** A contract in which everything that may be left out is left out. */
    private static final String SMALL = """
            apiVersion: v3.1.0
            kind: DataContract
            id: small
            version: 1.0.0
            status: active
            schema:
              - name: events
                customProperties:
                  - {property: layout, value: firehose}
                  - {property: format, value: json}
                  - {property: eventTime, value: at}
                  - {property: period, value: day}
                properties:
                  - {name: id, physicalType: text}
                  - {name: at, physicalType: timestamptz}
            """;

    /** Models in an order in which none could be made. */
    private static final String MODELS = SMALL + """
              - name: third
                customProperties: [{property: model, value: third.sql}]
                properties: [{name: n, physicalType: bigint}]
              - name: second
                customProperties: [{property: model, value: second.sql}]
                properties: [{name: n, physicalType: bigint}]
              - name: first_model
                customProperties: [{property: model, value: first.sql}]
                properties: [{name: n, physicalType: bigint}]
            """;

    private final Path folder;
    private final Path file;

    ContractFileTest(@TempDir Path folder) {
        this.folder = folder;
        this.file = folder.resolve("contract.yaml");
    }

    @Test
    void tellsEveryMistakeOfABrokenContractAtOnce() throws IOException {
        List<String> told = ContractFile.check(BROKEN.resolve("contract.yaml")).problems().stream()
                .map(problem -> problem.toString().replace(BROKEN + "/", ""))
                .toList();

        assertThat(told).containsExactlyElementsOf(Files.readAllLines(BROKEN.resolve("problems.txt")));
    }

    @Test
    void listsTheMistakesInTheExceptionForWrongUsage() {
        Path broken = BROKEN.resolve("contract.yaml");

        assertThatThrownBy(() -> ContractFile.read(broken))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageStartingWith("the contract " + broken + " has ")
                .hasMessageContaining(broken + ":21: schema[0].customProperties[1].value: 'firehoze' is no layout");
    }

    @Test
    void fillsInWhatIsLeftOut() throws IOException {
        Contract contract = read(SMALL);

        assertThat(contract.pipeline()).isEqualTo("small");
        assertThat(contract.title()).isEqualTo("small");
        assertThat(contract.description()).isEmpty();
        assertThat(contract.schedule()).isEqualTo("0 0 * * *");
        assertThat(contract.settle()).isEqualTo(Duration.ofMinutes(30));
        assertThat(contract.models()).isEmpty();
        SourceTable table = contract.sources().get(0);
        assertThat(table.prefix()).isEqualTo("small/");
        assertThat(table.key()).isEmpty();
        assertThat(table.eventTime()).isEqualTo(new SourceTable.EventTime(Optional.of("at"), false));
        assertThat(table.dedupWindowHours()).isEqualTo(24);
        assertThat(table.lookBackHours()).isEqualTo(24);
        assertThat(table.unknownFields()).isEqualTo(SourceTable.UnknownFields.IGNORE);
        assertThat(table.quarantineLimit()).isEqualByComparingTo(new BigDecimal("0.05"));
        assertThat(table.repeatedObjects()).isEqualTo(SourceTable.RepeatedObjects.DUPLICATE);
        assertThat(table.maxRecordBytes()).isEqualTo(16 * 1024 * 1024);
        assertThat(table.sourceColumns())
                .containsExactly(
                        new SourceColumn(
                                new Column("id", new FieldType.Text(OptionalInt.empty()), false, ""),
                                new Origin.Member(Pointer.of("/id"), Optional.empty(), Origin.Take.VALUE),
                                List.of()),
                        new SourceColumn(
                                new Column("at", new FieldType.Timestamp(), false, ""),
                                new Origin.Member(Pointer.of("/at"), Optional.empty(), Origin.Take.VALUE),
                                List.of(new TimeFormat.Iso())));
    }

    @Test
    void takesWhatIsWrittenInstead() throws IOException {
        SourceTable table = read(SMALL.replace("value: json}", """
                        value: csv}
                      - {property: csvDelimiter, value: "\\t"}
                      - {property: prefix, value: ""}
                      - {property: eventTimeFallback, value: landingHour}
                      - {property: dedupWindow, value: 7d}
                      - {property: lookBack, value: 0h}
                      - {property: unknownFields, value: ignore}
                      - {property: quarantineLimit, value: 0.5%}
                      - {property: repeatedObjects, value: keep}
                      - {property: maxRecordBytes, value: 64KiB}""".indent(6).strip())
                        .replace("physicalType: text}", "physicalType: varchar(9), required: true, primaryKey: true}"))
                .sources()
                .get(0);

        assertThat(table.format()).isEqualTo(new SourceTable.RecordFormat.Csv('\t'));
        assertThat(table.prefix()).isEmpty();
        assertThat(table.eventTime()).isEqualTo(new SourceTable.EventTime(Optional.of("at"), true));
        assertThat(table.dedupWindowHours()).isEqualTo(168);
        assertThat(table.lookBackHours()).isZero();
        assertThat(table.unknownFields()).isEqualTo(SourceTable.UnknownFields.IGNORE);
        assertThat(table.quarantineLimit()).isEqualByComparingTo(new BigDecimal("0.005"));
        assertThat(table.repeatedObjects()).isEqualTo(SourceTable.RepeatedObjects.KEEP);
        assertThat(table.maxRecordBytes()).isEqualTo(65_536);
        assertThat(table.key()).containsExactly("id");
        assertThat(table.sourceColumns().get(0).origin()).isEqualTo(new Origin.Header("id"));
        assertThat(table.sourceColumns().get(0).type()).isEqualTo(new FieldType.Text(OptionalInt.of(9)));
    }

    @Test
    void readsEveryTypeAndTimeFormat() throws IOException {
        List<SourceColumn> columns = read(SMALL + """
                      - {name: a, physicalType: boolean, logicalType: boolean}
                      - {name: b, physicalType: integer, logicalType: integer}
                      - {name: c, physicalType: bigint, logicalType: integer}
                      - {name: d, physicalType: "numeric(18, 0)", logicalType: number}
                      - {name: e, physicalType: double precision, logicalType: number}
                      - {name: f, physicalType: date, logicalType: date}
                      - name: g
                        physicalType: timestamptz
                        logicalType: timestamp
                        customProperties:
                          - {property: timeFormats, value: [epoch-seconds, epoch-millis, epoch-micros, "d MMMM yyyy H:mm [de]"]}
                      - name: h
                        physicalType: timestamptz
                        customProperties: [{property: timeFormats, value: yyyyMMdd}]
                """).sources().get(0).sourceColumns();

        assertThat(columns.stream().skip(2).map(SourceColumn::type))
                .containsExactly(
                        new FieldType.Bool(),
                        new FieldType.Int32(),
                        new FieldType.Int64(),
                        new FieldType.Decimal(18, 0),
                        new FieldType.Float64(),
                        new FieldType.Date(),
                        new FieldType.Timestamp(),
                        new FieldType.Timestamp());
        assertThat(columns.get(8).timeFormats())
                .containsExactly(
                        new TimeFormat.Epoch(TimeFormat.Epoch.Unit.SECONDS),
                        new TimeFormat.Epoch(TimeFormat.Epoch.Unit.MILLIS),
                        new TimeFormat.Epoch(TimeFormat.Epoch.Unit.MICROS),
                        new TimeFormat.Pattern("d MMMM yyyy H:mm", Locale.GERMAN));
        assertThat(columns.get(9).timeFormats()).containsExactly(new TimeFormat.Pattern("yyyyMMdd", Locale.ROOT));
    }

    @Test
    void needsNoEventTimeForAnUndividedTable() throws IOException {
        SourceTable table = read(SMALL.replace("      - {property: eventTime, value: at}\n", "")
                        .replace("value: day", "value: none"))
                .sources()
                .get(0);

        assertThat(table.eventTime()).isEqualTo(new SourceTable.EventTime(Optional.empty(), false));
    }

    @Test
    void ordersTheKeyByItsPositions() throws IOException {
        SourceTable table = read(SMALL.replace(
                                "{name: id, physicalType: text}",
                                "{name: id, physicalType: text, required: true, primaryKey: true, primaryKeyPosition: 2}")
                        .replace(
                                "physicalType: timestamptz}",
                                "physicalType: timestamptz, required: true, primaryKey: true, primaryKeyPosition: 1}"))
                .sources()
                .get(0);

        assertThat(table.key()).containsExactly("at", "id");
    }

    @Test
    void putsModelsAfterTheirInputs() throws IOException {
        model("third.sql", "month", "second", "-1d..+7d");
        model("second.sql", "month", "first_model", "same");
        model("first.sql", "day", "events", "all");

        Contract contract = read(MODELS);

        assertThat(contract.models()).extracting(ModelTable::name).containsExactly("first_model", "second", "third");
        ModelTable third = contract.models().get(2);
        assertThat(third.inputs()).containsExactly(new ModelTable.Input("second", new ModelTable.Reach.Days(1, 7)));
        assertThat(third.period()).isEqualTo(Period.MONTH);
        assertThat(third.grain()).containsExactly("n");
        assertThat(contract.table("second")).containsInstanceOf(ModelTable.class);
    }

    @Test
    void refusesModelsThatReadOneAnother() throws IOException {
        model("third.sql", "day", "second", "same");
        model("second.sql", "day", "first_model", "same");
        model("first.sql", "day", "third", "same");

        assertThat(sentences(MODELS))
                .containsExactly(
                        "models read one another in a circle: third reads second reads first_model reads third");
    }

    @Test
    void refusesInputsThatAreCoarserThanTheModelUnlessItReadsThemWhole() throws IOException {
        model("third.sql", "hour", "events", "same");
        model("second.sql", "hour", "events", "-1d..+0d");
        model("first.sql", "hour", "events", "all");

        assertThat(sentences(MODELS))
                .containsOnly("the input's period 'day' is coarser than the model's 'hour'; allowed: reach all, or a "
                        + "period of the model that is as coarse")
                .hasSize(2);
    }

    @Test
    void refusesAReachInDaysForAnUndividedModel() throws IOException {
        model("third.sql", "none", "events", "-1d..+0d");
        model("second.sql", "none", "events", "same");
        model("first.sql", "none", "events", "all");

        assertThat(sentences(MODELS))
                .containsExactly("a model without periods has no days before and after them; allowed: reach all");
    }

    @Test
    void tellsTheLineOfASyntaxError() throws IOException {
        assertThat(problems("id: [1, 2\nname: x\n")).singleElement().satisfies(problem -> {
            assertThat(problem.place().line()).isEqualTo(2);
            assertThat(problem.sentence()).startsWith("this is no YAML: ");
        });
    }

    @Test
    void refusesFilesThatAreNoMappingOfText() throws IOException {
        assertThat(sentences("")).containsExactly("the file is empty");
        assertThat(sentences("- id\n"))
                .containsExactly("the file must be a mapping of names to values, but this is a list");
        Files.write(file, new byte[] {'i', 'd', ':', ' ', (byte) 0xff});
        assertThat(ContractFile.check(file).problems())
                .extracting(Problem::sentence)
                .containsExactly("the file is not UTF-8");
    }

    @Test
    void refusesNamesThatAreWrittenTwiceAndValuesThatContainThemselves() throws IOException {
        assertThat(sentences(SMALL.replace("status: active", "id: other\ntags: &tags [*tags]")))
                .containsExactly(
                        "'id' is written twice; keep one of them", "this value contains itself through an alias");
    }

    @Test
    void saysThatAFileIsNotThere() {
        assertThatThrownBy(() -> ContractFile.read(file))
                .isInstanceOf(JobException.class)
                .hasMessage("there is no file " + file);
    }

    @Test
    void tellsWhatAnEmptyContractLacks() throws IOException {
        assertThat(sentences("status: active\n"))
                .containsExactly(
                        "a contract needs 'apiVersion'; allowed: v3.1.0",
                        "a contract needs 'id'",
                        "a contract needs 'kind'; allowed: DataContract",
                        "a contract needs 'schema', a list of its tables",
                        "a contract needs 'version'; allowed: the contract's own version, such as 1.0.0");
    }

    @Test
    void tellsWhatATableLacks() throws IOException {
        assertThat(sentences(SMALL.substring(0, SMALL.indexOf("    customProperties"))))
                .containsExactly(
                        "a table needs 'properties', its columns",
                        "the setting 'eventTime' is missing; allowed: a timestamptz property's name, landingHour",
                        "the setting 'format' is missing; allowed: json, csv, cloudwatch-logs, parquet, orc",
                        "the setting 'layout' is missing; allowed: firehose, datehour, a pattern of folders: customer={*}/year={yyyy}/month={MM}/day={dd}/hour={HH}/",
                        "the setting 'period' is missing; allowed: hour, day, month, year, none");
    }

    @Test
    void refusesAFallbackForATimeThatIsNeverNull() throws IOException {
        assertThat(sentences(SMALL.replace(
                        "value: at}", "value: landingHour}\n      - {property: eventTimeFallback, value: none}")))
                .containsExactly(
                        "'eventTimeFallback' needs an 'eventTime' that is a property; the landing hour is never "
                                + "null");
    }

    @Test
    void refusesPositionsThatDoNotOrderTheKey() throws IOException {
        String keyed = "required: true, primaryKey: true";
        assertThat(sentences(SMALL.replace("text}", "text, " + keyed + ", primaryKeyPosition: 1}")
                        .replace("timestamptz}", "timestamptz, " + keyed + "}")))
                .containsExactly("other columns of the key have a primaryKeyPosition, this one has none");
        assertThat(sentences(SMALL.replace("text}", "text, " + keyed + ", primaryKeyPosition: 1}")
                        .replace("timestamptz}", "timestamptz, " + keyed + ", primaryKeyPosition: 1}")))
                .containsExactly("two columns of the key have this position");
    }

    @Test
    void takesAPatternOfFoldersForALayoutAndTellsWhatIsWrongWithOne() throws IOException {
        String pattern = "a={*}/y={yyyy}/{MM}-{dd}/{HH}/b={*}/";
        assertThat(read(layout(pattern)).sources().get(0).layout()).isEqualTo(new SourceTable.KeyLayout(pattern));
        assertThat(sentences(layout("{yyyy}/{MM}/{dd}")))
                .containsExactly("'{yyyy}/{MM}/{dd}' is no layout: a pattern names folders, each ending with '/'");
        assertThat(sentences(layout("{yyyy}/{dd}/{MM}/")))
                .containsExactly(
                        "'{yyyy}/{dd}/{MM}/' is no layout: it needs {yyyy}, {MM}, {dd} and, unless a folder holds a"
                                + " whole day, {HH}, once each and in this order");
        assertThat(sentences(layout("{yyyy}/{MM}/{*}/{dd}/")))
                .containsExactly(
                        "'{yyyy}/{MM}/{*}/{dd}/' is no layout: no {*} may stand between the parts of the time");
        assertThat(sentences(layout("{*}-{yyyy}/{MM}/{dd}/")))
                .containsExactly(
                        "'{*}-{yyyy}/{MM}/{dd}/' is no layout: a folder holds {*} or a part of the time, not both");
        assertThat(sentences(layout("{yyyy}/{mm}/{dd}/")))
                .containsExactly(
                        "'{yyyy}/{mm}/{dd}/' is no layout: its placeholders are {yyyy}, {MM}, {dd}, {HH} and {*}");
    }

    private static String layout(String text) {
        return SMALL.replace("value: firehose}", "value: '" + text + "'}");
    }

    @Test
    void takesADialectOfCsv() throws IOException {
        SourceTable table = read(csv(
                        "csvQuote, value: none",
                        "csvEscape, value: \\",
                        "csvHeader, value: none",
                        "csvNull, value: \\N"))
                .sources()
                .get(0);
        assertThat(table.format())
                .isEqualTo(new SourceTable.RecordFormat.Csv(
                        ',', Optional.empty(), Optional.of('\\'), false, Optional.of("\\N")));
        assertThat(table.sourceColumns().stream().map(SourceColumn::origin))
                .containsExactly(new Origin.Position(1), new Origin.Position(2));
        assertThat(sentences(csv("csvQuote, value: ','", "csvEscape, value: ','", "csvHeader, value: no")))
                .containsExactly(
                        "quote and delimiter are the same character",
                        "the escape is another one's character; a doubled quote needs no setting to stand for itself",
                        "'no' is no header; allowed: first-line, none");
    }

    private static String csv(String... settings) {
        StringBuilder text = new StringBuilder("value: csv}");
        for (String setting : settings) {
            text.append("\n      - {property: ").append(setting).append('}');
        }
        return SMALL.replace("value: json}", text);
    }

    @Test
    void readsColumnsOfMessagesFromTheirBodies() throws IOException {
        SourceTable table = read(SMALL.replace(
                        "value: json}", "value: json}\n      - {property: envelope, value: message}"))
                .sources()
                .get(0);

        assertThat(table.format())
                .isEqualTo(new SourceTable.RecordFormat.Json(SourceTable.Envelope.MESSAGE, Optional.empty()));
        assertThat(table.sourceColumns().get(0).origin().place()).isEqualTo("/body/id");
    }

    @Test
    void modelsMayBeExported() throws IOException {
        model("third.sql", "day", "events", "same");
        assertThat(read(exporting(
                                "- {property: exportCurrent, value: daily/now}",
                                "- {property: exportDelimiter, value: '|'}",
                                "- {property: exportHistory, value: daily/then}"))
                        .models()
                        .get(0)
                        .exports())
                .containsExactly(new Export.Current("daily/now", '|'), new Export.History("daily/then"));
        assertThat(sentences(exporting(
                        "- {property: exportDelimiter, value: '|'}", "- {property: exportHistory, value: /daily/}")))
                .containsExactly(
                        "'exportDelimiter' needs an 'exportCurrent'",
                        "'/daily/' is no folder for exports; allowed: letters, digits and ._- between slashes, such as"
                                + " metrics/current");
        assertThat(sentences(exporting(
                        "- {property: exportCurrent, value: daily}", "- {property: exportHistory, value: daily}")))
                .containsExactly("another export writes to 'daily' already; give each a folder of its own");
        assertThat(sentences(SMALL.replace(
                        "      - {property: period, value: day}\n",
                        "      - {property: period, value: day}\n      - {property: exportHistory, value: daily}\n")))
                .containsExactly("'exportHistory' is only for a model");
    }

    private static String exporting(String... settings) {
        return SMALL + """
                  - name: third
                    customProperties:
                      - {property: model, value: third.sql}
                """ + String.join("\n", settings).indent(6) + """
                    properties: [{name: n, physicalType: bigint}]
                """;
    }

    @Test
    void masksTextsThatHaveRoomForAHash() throws IOException {
        Contract masked = read(SMALL + """
                          - name: device
                            physicalType: varchar(64)
                            customProperties: [{property: mask, value: hash}]
                    """);
        assertThat(masked.isMasked()).isTrue();
        assertThat(masked.sources().get(0).sourceColumns())
                .extracting(SourceColumn::mask)
                .contains(Optional.of(Mask.HASH));
        assertThat(read(SMALL).isMasked()).isFalse();

        assertThat(sentences(SMALL + """
                          - name: device
                            physicalType: varchar(63)
                            customProperties: [{property: mask, value: hash}]
                          - name: number
                            physicalType: integer
                            customProperties: [{property: mask, value: hash}]
                          - name: landed
                            physicalType: text
                            customProperties: [{property: metadata, value: landingHour}, {property: mask, value: hash}]
                          - name: other
                            physicalType: text
                            customProperties: [{property: mask, value: drop}]
                          - name: another
                            physicalType: text
                            customProperties: [{property: mask, value: hush}]
                    """))
                .containsExactly(
                        "the mask 'hash' makes a text of 64 characters, but the column is a varchar(63); allowed: text, or "
                                + "varchar(64) and longer",
                        "the mask 'hash' makes a text of 64 characters, but the column is a integer; allowed: text, or "
                                + "varchar(64) and longer",
                        "'mask' has no meaning beside 'metadata': the landing hour is no secret",
                        "the mask 'drop' cannot be applied by this version yet; allowed: hash",
                        "'hush' is no mask; allowed: hash; did you mean 'hash'?");
    }

    @Test
    void tablesThatShareObjectsKnowOneAnother() throws IOException {
        List<SourceTable> tables = read(sharing("a.", "b.")).sources();

        assertThat(tables.get(0).format())
                .isEqualTo(new SourceTable.RecordFormat.Json(
                        SourceTable.Envelope.NONE, Optional.of(new SourceTable.Routing("a.", List.of("b."), true))));
        assertThat(tables.get(1).format())
                .isEqualTo(new SourceTable.RecordFormat.Json(
                        SourceTable.Envelope.NONE, Optional.of(new SourceTable.Routing("b.", List.of("a."), false))));
        assertThat(tables.get(1).sourceColumns().get(0).origin().place()).isEqualTo("/b.id");
    }

    @Test
    void refusesTablesThatCannotShareTheirObjects() throws IOException {
        assertThat(sentences(sharing("a.", "a.b")))
                .containsExactly(
                        "'a.b' and the keyPrefix 'a.' of the table 'events' take the same keys; let neither begin"
                                + " with the other");
        assertThat(sentences(sharing("a.", "b.").replace("{property: keyPrefix, value: b.}", """
                {property: keyPrefix, value: b.}
                      - {property: maxRecordBytes, value: 5B}""")))
                .containsExactly(
                        "the table shares the objects below 'small/' with the table 'events'; write the same layout"
                                + " and maxRecordBytes for both");
    }

    /** Two tables that read the same objects. */
    private static String sharing(String first, String second) {
        String table = SMALL.substring(SMALL.indexOf("  - name: events"));
        return SMALL.replace("value: json}", "value: json}\n      - {property: keyPrefix, value: " + first + "}")
                + table.replace("events", "others")
                        .replace("value: json}", "value: json}\n      - {property: keyPrefix, value: " + second + "}");
    }

    @Test
    void namesTheQueueOrStreamThatHoldsATablesRecords() throws IOException {
        String fed = SMALL.replace(
                "value: json}",
                "value: json}\n      - {property: envelope, value: message}\n      - {property: queue, value: q-1.fifo}");

        Feed queue = read(fed).feeds().get(0);

        assertThat(queue).isEqualTo(new Feed.Queue("events", "q-1.fifo"));
        assertThat(queue.source()).isEqualTo("sqs:q-1.fifo");
        assertThat(read(fed.replace("queue", "stream")).feeds()).containsExactly(new Feed.Stream("events", "q-1.fifo"));
        assertThat(read(SMALL).feeds()).isEmpty();
        assertThat(sentences(fed.replace("      - {property: envelope, value: message}\n", "")))
                .containsExactly(
                        "'queue' lands messages with what is known of them; write 'envelope: message' beside it");
        assertThat(sentences(fed.replace("q-1.fifo}", "q-1.fifo}\n      - {property: stream, value: s}")))
                .containsExactly("'stream' stands beside 'queue'; a table is fed by one of them");
        assertThat(sentences(fed.replace("q-1.fifo", "https://sqs/1/q")))
                .singleElement()
                .asString()
                .startsWith("'https://sqs/1/q' is no name of a queue; allowed: ");
    }

    private Contract read(String contract) throws IOException {
        Files.writeString(file, contract);
        return ContractFile.read(file);
    }

    private List<Problem> problems(String contract) throws IOException {
        Files.writeString(file, contract);
        return ContractFile.check(file).problems();
    }

    private List<String> sentences(String contract) throws IOException {
        return problems(contract).stream().map(Problem::sentence).toList();
    }

    private void model(String name, String period, String input, String reach) throws IOException {
        Files.writeString(folder.resolve(name), """
                -- period: %s
                -- grain: n
                -- input: %s reach %s
                select count(*) as n from %s
                """.formatted(period, input, reach, input));
    }
}
