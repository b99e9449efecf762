package dev.millrace.ingest.decode;

import static dev.millrace.ingest.decode.TestTable.BIGINT;
import static dev.millrace.ingest.decode.TestTable.BOOLEAN;
import static dev.millrace.ingest.decode.TestTable.DATE;
import static dev.millrace.ingest.decode.TestTable.DOUBLE;
import static dev.millrace.ingest.decode.TestTable.INTEGER;
import static dev.millrace.ingest.decode.TestTable.ISO;
import static dev.millrace.ingest.decode.TestTable.TEXT;
import static dev.millrace.ingest.decode.TestTable.TIME;
import static dev.millrace.ingest.decode.TestTable.json;
import static dev.millrace.ingest.decode.TestTable.numeric;
import static dev.millrace.ingest.decode.TestTable.varchar;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.FieldType;
import dev.millrace.contract.TimeFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonRecordsTest {
    private static final TestTable ID = json().with("id", TEXT);

    private static List<String> records(TestTable table, String object) {
        return Decoded.of(table, object).records();
    }

    private static String value(FieldType type, String json, TimeFormat... formats) {
        return records(json().with("v", type, formats), "{\"v\":" + json + "}")
                .get(0)
                .replaceFirst(" '.*", "");
    }

    @Test
    void readsAConsentEventWithTheTokenInside() {
        String event =
                "{\"id\":\"1c269ade\",\"datetime\":\"2021-01-23 10:23:51\",\"domain\":\"www.domain-A.eu\",\"type\":"
                        + "\"pageview\",\"user\":{\"id\":\"1705c98b\",\"country\":\"FR\",\"token\":\"{\\\"vendors\\\":{\\\"enabled\\\":[],"
                        + "\\\"disabled\\\":[]},\\\"purposes\\\":{\\\"enabled\\\":[\\\"a\\\"],\\\"disabled\\\":[]}}\"}}";
        assertThat(records(TestTable.consents(), event))
                .containsExactly(
                        "[1c269ade, 2021-01-23T10:23:51Z, www.domain-A.eu, pageview, 1705c98b, FR, true, 2026-01-05-03]");
    }

    @Test
    void recordsFollowOneAnotherWithNothingOrWhiteSpaceBetween() {
        assertThat(records(ID, " \r\n{\"id\":\"1\"}{\"id\":\"2\"}\t{ \"id\" :\n\"3\" }\n\n{}\n"))
                .containsExactly("[1]", "[2]", "[3]", "[null]");
    }

    @Test
    void anEmptyObjectHasNoRecords() {
        assertThat(records(ID, "")).isEmpty();
        assertThat(records(ID, " \n\r\n ")).isEmpty();
    }

    @Test
    void skipsAByteOrderMarkAtTheVeryBeginningOnly() {
        assertThat(records(ID, "\ufeff{\"id\":\"1\"}\n\ufeff{\"id\":\"2\"}"))
                .containsExactly("[1]", "malformed  '\u00ef\u00bb\u00bf{\"id\":\"2\"}' 13");
    }

    @Test
    void aMalformedRecordReachesToTheLineFeed() {
        assertThat(records(ID, "{\"id\":}\n{\"id\":\"2\"}")).containsExactly("malformed  '{\"id\":}' 7", "[2]");
    }

    @Test
    void aMalformedRecordReachesToAdjacentBraces() {
        assertThat(records(ID, "{\"id\":x}{\"id\":\"2\"}\n")).containsExactly("malformed  '{\"id\":x}' 8", "[2]");
        assertThat(records(ID, "}{\"id\":\"2\"}")).containsExactly("malformed  '}' 1", "[2]");
    }

    @Test
    void aRecordThatIsNoObjectIsMalformed() {
        assertThat(records(ID, "[1]\n7\n\"a\"\nnull\n,\n{}"))
                .containsExactly(
                        "malformed  '1]' 2",
                        "malformed  '7' 1",
                        "malformed  '\"a\"' 3",
                        "malformed  'null' 4",
                        "[null]");
    }

    @Test
    void anUnfinishedRecordIsMalformedUpToItsFirstLineFeed() {
        assertThat(records(ID, "{\"id\":\"1\",\n\"a\":["))
                .containsExactly("malformed  '{\"id\":\"1\",' 10", "malformed  '\"a\":[' 5");
    }

    @Test
    void everyViolationOfTheGrammarIsMalformedWhereverItStands() {
        for (String value : List.of(
                "01",
                "-",
                "+1",
                ".5",
                "1.",
                "1e",
                "1e+",
                "0x1",
                "NaN",
                "Infinity",
                "tru",
                "True",
                "nul",
                "'a'",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\\u12\"",
                "\"a\tb\"",
                "\"\u0000\"",
                "[1,]",
                "[,1]",
                "[1 2]",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "{\"a\" 1}",
                "[}",
                "{]",
                "1]",
                "1,",
                "",
                "/**/1",
                "\u00a01",
                "-a",
                "1.e5",
                "- 1",
                "truee",
                "\u007f")) {
            assertThat(records(ID, "{\"other\":" + value + "}\n{}"))
                    .as(value)
                    .hasSize(2)
                    .first()
                    .asString()
                    .startsWith("malformed  ");
        }
    }

    @Test
    void theDetailTellsRuleAndPlaceAndNotTheValue() {
        assertThat(Decoded.of(ID, "{\"id\":secret}").violations().get(0).detail())
                .isEqualTo("byte 7: a value must begin");
    }

    @Test
    void nestingEndsAt256() {
        String fits = "{\"a\":" + "[".repeat(255) + "]".repeat(255) + "}";
        String deeper = "{\"a\":" + "[".repeat(256) + "]".repeat(256) + "}";
        Decoded decoded = Decoded.of(ID, fits + "\n" + deeper);
        assertThat(decoded.records()).hasSize(2).first().isEqualTo("[null]");
        assertThat(decoded.violations().get(0).detail()).contains("nesting");
    }

    @Test
    void invalidUtf8AnywhereInTheRecordIsFound() {
        byte[] overlong = "{\"x\":\"\u00c0\u00af\",\"id\":\"1\"}{\"id\":\"2\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Decoded.of(ID, overlong).records())
                .containsExactly("invalid-utf8  '{\"x\":\"\u00c0\u00af\",\"id\":\"1\"}' 19", "[2]");
        for (String bytes : List.of(
                "\u00ed\u00a0\u0080",
                "\u00f4\u0090\u0080\u0080",
                "\u00f5",
                "\u0080",
                "\u00e2\u0082",
                "\u00e0\u0080\u0080")) {
            byte[] object = ("{\"" + bytes + "\":1}").getBytes(StandardCharsets.ISO_8859_1);
            assertThat(Decoded.of(ID, object).records().get(0)).startsWith("invalid-utf8  ");
        }
        assertThat(records(ID, "{\"id\":\"aé€\ud83d\ude00\"}")).containsExactly("[aé€\ud83d\ude00]");
    }

    @Test
    void malformedComesBeforeInvalidUtf8() {
        byte[] both = "{\"id\":\"\u00ff\",}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Decoded.of(ID, both).records().get(0)).startsWith("malformed  ");
    }

    @Test
    void anEscapedLoneSurrogateCountsOnlyWhereAColumnTakesIt() {
        assertThat(records(ID, "{\"id\":\"\\ud800\"}").get(0)).startsWith("invalid-utf8 /id ");
        assertThat(records(ID, "{\"id\":\"\\udc00\\ud800\"}").get(0)).startsWith("invalid-utf8 /id ");
        assertThat(records(ID, "{\"x\":\"\\ud800\",\"id\":\"\\ud83d\\ude00\"}")).containsExactly("[\ud83d\ude00]");
    }

    @Test
    void aLoneSurrogateIsJudgedInTheOrderOfColumnsAndOnlyByTextualOnes() {
        TestTable table = json().with("n", INTEGER).with("id", TEXT);
        assertThat(records(table, "{\"n\":true,\"id\":\"\\ud800\"}").get(0)).startsWith("wrong-type /n ");
        assertThat(records(table, "{\"n\":\"\\ud800\",\"id\":\"a\"}").get(0)).startsWith("wrong-type /n ");
    }

    @Test
    void theLastOfEqualKeysCountsWhole() {
        TestTable table = json().at("/user/id", "id", TEXT).at("/user/country", "country", TEXT);
        assertThat(records(table, "{\"user\":{\"id\":\"1\",\"country\":\"FR\"},\"user\":{\"id\":\"2\"}}"))
                .containsExactly("[2, null]");
        assertThat(records(table, "{\"user\":{\"id\":\"1\",\"id\":\"2\"},\"us\\u0065r\":7}"))
                .containsExactly("[null, null]");
    }

    @Test
    void membersAreFoundInAnyOrderAndWithEscapedNames() {
        TestTable table = json().at("/a/longer than eight", "x", TEXT)
                .at("/a/b", "y", TEXT)
                .at("/c", "z", TEXT);
        assertThat(records(
                        table,
                        "{\"a\":{\"longer than eight\":\"1\",\"b\":\"2\"},\"c\":\"3\"}"
                                + "{\"c\":\"3\",\"q\":{\"b\":7},\"a\":{\"b\":\"2\",\"longer than eighty\":0,\"longer than \\u0065ight\":\"1\"}}"
                                + "{\"c\":\"3\",\"a\":[{\"b\":7}]}"))
                .containsExactly("[1, 2, 3]", "[1, 2, 3]", "[null, null, 3]");
    }

    @Test
    void aNameThatNeedsEscapesIsFound() {
        TestTable table = json().at("/a\"b", "x", TEXT).at("/", "y", TEXT).at("/~1~0é", "z", TEXT);
        assertThat(records(table, "{\"a\\\"b\":\"1\",\"\":\"2\",\"/~é\":\"3\"}"))
                .containsExactly("[1, 2, 3]");
    }

    @Test
    void missingMembersNullsAndScalarsOnTheWayAreNull() {
        TestTable table = json().at("/user/id", "id", TEXT);
        assertThat(records(table, "{}{\"user\":null}{\"user\":5}{\"user\":{}}{\"user\":[]}{\"user\":{\"id\":null}}"))
                .containsOnly("[null]")
                .hasSize(6);
    }

    @Test
    void aColumnMayTakeWhatAnotherLooksInto() {
        TestTable table = json().nonEmpty("/user", "has").at("/user/id", "id", TEXT);
        assertThat(records(table, "{\"user\":{\"id\":\"1\"}}{\"user\":{}}{\"user\":[0]}{}"))
                .containsExactly("[true, 1]", "[false, null]", "[true, null]", "[false, null]");
    }

    @Test
    void nonEmptyTellsWhetherThereIsSomething() {
        TestTable table = json().nonEmpty("/v", "v");
        assertThat(records(table, "{\"v\":[]}{\"v\":[ ]}{\"v\":{ }}{\"v\":\"\"}{\"v\":null}{}"))
                .containsOnly("[false]");
        assertThat(records(table, "{\"v\":[0]}{\"v\":{\"a\":0}}{\"v\":\" \"}{\"v\":\"\\u0000\"}"))
                .containsOnly("[true]");
        assertThat(records(table, "{\"v\":0}{\"v\":true}"))
                .allSatisfy(text -> assertThat(text).startsWith("wrong-type /v "));
    }

    @Test
    void looksWithinATextThatHoldsJson() {
        TestTable table = json().within("/t", "/a/b", "b", TEXT).within("/t", "/c", "c", INTEGER);
        assertThat(
                        records(
                                table,
                                "{\"t\":\" {\\\"a\\\":{\\\"b\\\":\\\"x\\\\ny\\\"},\\\"c\\\":5}\\n\"}{\"t\":\"7\"}{\"t\":\"[]\"}{\"t\":null}{}"))
                .containsExactly("[x\ny, 5]", "[null, null]", "[null, null]", "[null, null]", "[null, null]");
    }

    @Test
    void aTextWithinWhichNothingCanBeLookedIsAViolation() {
        TestTable table = json().within("/t", "/a", "a", TEXT);
        assertThat(records(table, "{\"t\":{}}").get(0)).startsWith("wrong-type /t ");
        for (String text :
                List.of("", " ", "{", "{} {}", "{\\\"a\\\":\\\"\\n\\\"}", "tru", "\\u0000", "{}\\u0000", "12a", "-")) {
            assertThat(records(table, "{\"t\":\"" + text + "\"}").get(0))
                    .as(text)
                    .startsWith("malformed-text /t ");
        }
    }

    @Test
    void aLoneSurrogateWithinATextCountsWhereItIsTaken() {
        TestTable table = json().within("/t", "/a", "a", TEXT);
        assertThat(records(table, "{\"t\":\"{\\\"a\\\":\\\"\\\\ud800\\\"}\"}").get(0))
                .startsWith("invalid-utf8 /t ");
        assertThat(records(table, "{\"t\":\"{\\\"b\\\":\\\"\\\\ud800\\\"}\"}")).containsExactly("[null]");
        assertThat(records(table, "{\"t\":\"{} \\ud800\"}").get(0)).startsWith("invalid-utf8 /t ");
        assertThat(records(table, "{\"t\":\"{} \\udc00\\udc00\"}").get(0)).startsWith("invalid-utf8 /t ");
    }

    @Test
    void textsTakeStringsOnly() {
        assertThat(value(TEXT, "\"\"")).isEqualTo("[]");
        assertThat(value(TEXT, "\"a\\/\\b\\f\\n\\r\\t\\\\\\\"\\u00e9\\u20ac\"")).isEqualTo("[a/\b\f\n\r\t\\\"é€]");
        assertThat(value(TEXT, "5")).isEqualTo("wrong-type /v");
        assertThat(value(TEXT, "{}")).isEqualTo("wrong-type /v");
        assertThat(value(TEXT, "\"a\\u0000\"")).isEqualTo("nul /v");
    }

    @Test
    void varcharCountsCharacters() {
        assertThat(value(varchar(3), "\"é€\ud83d\ude00\"")).isEqualTo("[é€\ud83d\ude00]");
        assertThat(value(varchar(3), "\"\\ud83d\\ude00\\ud83d\\ude00é\"")).isEqualTo("[\ud83d\ude00\ud83d\ude00é]");
        assertThat(value(varchar(3), "\"abcd\"")).isEqualTo("out-of-range /v");
    }

    @Test
    void booleansAreTrueOrFalse() {
        assertThat(value(BOOLEAN, "true")).isEqualTo("[true]");
        assertThat(value(BOOLEAN, "false")).isEqualTo("[false]");
        assertThat(value(BOOLEAN, "\"true\"")).isEqualTo("wrong-type /v");
        assertThat(value(BOOLEAN, "1")).isEqualTo("wrong-type /v");
    }

    @Test
    void integersAreWholeAndWithinTheirRange() {
        assertThat(value(INTEGER, "-0")).isEqualTo("[0]");
        assertThat(value(INTEGER, "2147483647")).isEqualTo("[2147483647]");
        assertThat(value(INTEGER, "-2147483648")).isEqualTo("[-2147483648]");
        assertThat(value(INTEGER, "2147483648")).isEqualTo("out-of-range /v");
        assertThat(value(INTEGER, "1.0")).isEqualTo("wrong-type /v");
        assertThat(value(INTEGER, "1e2")).isEqualTo("wrong-type /v");
        assertThat(value(INTEGER, "\"1\"")).isEqualTo("wrong-type /v");
        assertThat(value(BIGINT, "9223372036854775807")).isEqualTo("[9223372036854775807]");
        assertThat(value(BIGINT, "-9223372036854775808")).isEqualTo("[-9223372036854775808]");
        assertThat(value(BIGINT, "9223372036854775808")).isEqualTo("out-of-range /v");
        assertThat(value(BIGINT, "-9223372036854775809")).isEqualTo("out-of-range /v");
        assertThat(value(BIGINT, "99999999999999999999999999")).isEqualTo("out-of-range /v");
    }

    @Test
    void numericsAreExactWithinPrecisionAndScale() {
        assertThat(value(numeric(5, 2), "1.50")).isEqualTo("[1.50]");
        assertThat(value(numeric(5, 2), "1.500000000000000000000000")).isEqualTo("[1.50]");
        assertThat(value(numeric(5, 2), "-999.99")).isEqualTo("[-999.99]");
        assertThat(value(numeric(5, 2), "1000")).isEqualTo("out-of-range /v");
        assertThat(value(numeric(5, 2), "1.005")).isEqualTo("out-of-range /v");
        assertThat(value(numeric(5, 2), "12e1")).isEqualTo("[120.00]");
        assertThat(value(numeric(5, 2), "1200E-3")).isEqualTo("[1.20]");
        assertThat(value(numeric(5, 2), "0e99999999999999999999")).isEqualTo("[0.00]");
        assertThat(value(numeric(5, 2), "-0.000")).isEqualTo("[0.00]");
        assertThat(value(numeric(5, 2), "1e-99999999999999999999")).isEqualTo("out-of-range /v");
        assertThat(value(numeric(18, 0), "999999999999999999")).isEqualTo("[999999999999999999]");
        assertThat(value(numeric(18, 18), "0.999999999999999999")).isEqualTo("[0.999999999999999999]");
        assertThat(value(numeric(18, 0), "1000000000000000000")).isEqualTo("out-of-range /v");
        assertThat(value(numeric(3, 0), "\"1\"")).isEqualTo("wrong-type /v");
    }

    @Test
    void doublesAreTheNearestAndNeverMinusZero() {
        assertThat(value(DOUBLE, "0.1")).isEqualTo("[0.1]");
        assertThat(value(DOUBLE, "-0")).isEqualTo("[0.0]");
        assertThat(value(DOUBLE, "-1e-400")).isEqualTo("[0.0]");
        assertThat(value(DOUBLE, "1.7976931348623157e308")).isEqualTo("[1.7976931348623157E308]");
        assertThat(value(DOUBLE, "1.8e308")).isEqualTo("out-of-range /v");
        assertThat(value(DOUBLE, "0." + "0".repeat(990) + "1e2000")).isEqualTo("out-of-range /v");
        assertThat(value(DOUBLE, "9007199254740993")).isEqualTo("[9.007199254740992E15]");
        assertThat(value(DOUBLE, "null")).isEqualTo("[null]");
        assertThat(value(DOUBLE, "\"1\"")).isEqualTo("wrong-type /v");
    }

    @Test
    void datesAreDays() {
        assertThat(value(DATE, "\"2024-02-29\"")).isEqualTo("[2024-02-29]");
        assertThat(value(DATE, "\"0001-01-01\"")).isEqualTo("[0001-01-01]");
        assertThat(value(DATE, "\"9999-12-31\"")).isEqualTo("[9999-12-31]");
        for (String text : List.of(
                "2023-02-30",
                "2023-02-29",
                "1900-02-29",
                "0000-01-01",
                "2023-13-01",
                "2023-00-01",
                "2023-01-00",
                "2023-1-1",
                "2023-01-01T00:00",
                "20230101",
                "",
                " 2023-01-01")) {
            assertThat(value(DATE, "\"" + text + "\"")).as(text).isEqualTo("invalid-time /v");
        }
        assertThat(value(DATE, "20230101")).isEqualTo("wrong-type /v");
    }

    @Test
    void timesTakeStringsAndNumbersWhereAFormatIsAnEpoch() {
        TimeFormat millis = new TimeFormat.Epoch(TimeFormat.Epoch.Unit.MILLIS);
        assertThat(value(TIME, "\"2026-01-05T03:04\\u003a05Z\"", ISO)).isEqualTo("[2026-01-05T03:04:05Z]");
        assertThat(value(TIME, "1767582000000", ISO)).isEqualTo("wrong-type /v");
        assertThat(value(TIME, "1767582000000", ISO, millis)).isEqualTo("[2026-01-05T03:00:00Z]");
        assertThat(value(TIME, "-1", millis)).isEqualTo("[1969-12-31T23:59:59.999Z]");
        assertThat(value(TIME, "1.5", millis)).isEqualTo("invalid-time /v");
        assertThat(value(TIME, "1e3", millis)).isEqualTo("invalid-time /v");
        assertThat(value(TIME, "253402300800000", millis)).isEqualTo("invalid-time /v");
        assertThat(value(TIME, "99999999999999999999", millis)).isEqualTo("invalid-time /v");
        assertThat(value(TIME, "\"1767582000000\"", millis)).isEqualTo("invalid-time /v");
        assertThat(value(TIME, "true", millis)).isEqualTo("wrong-type /v");
    }

    @Test
    void aNullInARequiredColumnIsMissing() {
        TestTable table = json().required("a", TEXT).required("b", INTEGER);
        assertThat(records(table, "{\"a\":null,\"b\":1}{\"a\":\"\"}{\"a\":\"\",\"b\":1}"))
                .containsExactly("missing /a '{\"a\":null,\"b\":1}' 16", "missing /b '{\"a\":\"\"}' 8", "[, 1]");
    }

    @Test
    void aNullEventTimeWithoutFallbackIsMissing() {
        TestTable table = json().at("/t", "at", TIME, ISO).eventTime("at");
        assertThat(records(table, "{}")).containsExactly("missing /t '{}' 2");
    }

    @Test
    void theFirstFaultInTheContractsOrderIsTold() {
        TestTable table = json().with("a", INTEGER).with("b", INTEGER);
        assertThat(records(table, "{\"b\":\"\",\"a\":1.5}").get(0)).startsWith("wrong-type /a ");
    }

    @Test
    void theLandingHourIsATextOrATime() {
        TestTable table = json().landingHour("hour", TEXT).landingHour("time", TIME);
        assertThat(records(table, "{}")).containsExactly("[2026-01-05-03, 2026-01-05T03:00:00Z]");
    }

    @Test
    void aRecordOfTheLongestLengthIsReadAndALongerOneIsNot() {
        TestTable table = json().with("id", TEXT).maxRecordBytes(10);
        assertThat(records(table, "{\"id\":\"1\"}{\"id\":\"22\"}{\"id\":\"3\"}\n"))
                .containsExactly("[1]", "too-long  '{\"id\":\"22\"}' 11", "[3]");
        assertThat(records(table, "{\"id\":\"22\"} {}\n{\"id\":\"3\"}"))
                .containsExactly("too-long  '{\"id\":\"22\"} {}' 14", "[3]");
    }

    @Test
    void aMalformedRecordWithALongerExtentIsTooLong() {
        TestTable table = json().with("id", TEXT).maxRecordBytes(10);
        assertThat(records(table, "{\"id\":x}0123\n{:}\n"))
                .containsExactly("too-long  '{\"id\":x}0123' 12", "malformed  '{:}' 3");
    }

    @Test
    void anUnfinishedRecordOfTheLongestLengthIsMalformed() {
        TestTable table = json().with("id", TEXT).maxRecordBytes(10);
        assertThat(records(table, "{\"id\":\"123").get(0)).startsWith("malformed  ");
        assertThat(records(table, "{\"id\":\"1234").get(0)).startsWith("too-long  ");
    }

    @Test
    void aTooLongRecordsExtentMayBeShort() {
        TestTable table = json().with("id", TEXT).maxRecordBytes(10);
        assertThat(records(table, "{\"a\":\n\n\n\n\n\n\n\n\n\n1}"))
                .containsExactly("too-long  '{\"a\":' 5", "malformed  '1}' 2");
    }

    @Test
    void thePayloadHasAtMost64KiB() {
        Decoded decoded = Decoded.of(ID, "x".repeat(1_000_000));
        assertThat(decoded.violations().get(0).payload()).hasSize(65536);
        assertThat(decoded.violations().get(0).bytes()).isEqualTo(1_000_000);
        Violation columns = Decoded.of(ID, "{\"id\":1,\"x\":\"" + "x".repeat(100_000) + "\"}")
                .violations()
                .get(0);
        assertThat(columns.payload()).hasSize(65536);
        assertThat(columns.bytes()).isEqualTo(100_015);
    }
}
