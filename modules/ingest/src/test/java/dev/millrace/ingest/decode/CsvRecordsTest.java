package dev.millrace.ingest.decode;

import static dev.millrace.ingest.decode.TestTable.BIGINT;
import static dev.millrace.ingest.decode.TestTable.BOOLEAN;
import static dev.millrace.ingest.decode.TestTable.DATE;
import static dev.millrace.ingest.decode.TestTable.DOUBLE;
import static dev.millrace.ingest.decode.TestTable.INTEGER;
import static dev.millrace.ingest.decode.TestTable.TEXT;
import static dev.millrace.ingest.decode.TestTable.TIME;
import static dev.millrace.ingest.decode.TestTable.csv;
import static dev.millrace.ingest.decode.TestTable.numeric;
import static dev.millrace.ingest.decode.TestTable.varchar;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.FieldType;
import dev.millrace.contract.TimeFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvRecordsTest {
    private static final TestTable AB = csv().with("a", TEXT).with("b", TEXT);

    private static List<String> records(TestTable table, String object) {
        return Decoded.of(table, object).records();
    }

    private static String value(FieldType type, String field, TimeFormat... formats) {
        return records(csv().with("v", type, formats).with("w", TEXT), "v,w\n" + field + ",\n")
                .get(0)
                .replaceFirst(" '.*", "")
                .replace(", null]", "]");
    }

    @Test
    void readsCheckInsWithTheirThreeKindsOfTime() {
        String file = """
                user,timestamp,hours,project
                ned,2019-09-27 00:00:00 UTC,8.0,bizdev
                robert,09/27/2019 12:00 AM,8.0,bizdev
                ned,26 сентября 2019 00:00,4.0,bizdev
                ,2018-11-26 14:47:36.0429 UTC,0.6,opsandadmin""";
        assertThat(records(TestTable.checkins(), file))
                .containsExactly(
                        "[ned, 2019-09-27T00:00:00Z, 8.000, bizdev]",
                        "[robert, 2019-09-27T00:00:00Z, 8.000, bizdev]",
                        "[ned, 2019-09-26T00:00:00Z, 4.000, bizdev]",
                        "[null, 2018-11-26T14:47:36.042900Z, 0.600, opsandadmin]");
    }

    @Test
    void linesEndWithLfOrCrLfAndBlankOnesAreSkipped() {
        assertThat(records(AB, "\n\r\na,b\r\n\r\n1,2\n\n3,4\r\n5,6")).containsExactly("[1, 2]", "[3, 4]", "[5, 6]");
    }

    @Test
    void aCarriageReturnThatEndsNoLineIsText() {
        assertThat(records(AB, "a,b\n1\r2,3\r\r\n4,5\r")).containsExactly("[1\r2, 3\r]", "[4, 5\r]");
        assertThat(records(AB, "a,b\n\r")).containsExactly("field-count  '\r' 1");
    }

    @Test
    void quotedFieldsHoldDelimitersQuotesAndLineEnds() {
        assertThat(records(AB, "a,b\n\"1,\"\"x\"\"\",\"2\r\n3\"\r\n\"\"\"\",\"\""))
                .containsExactly("[1,\"x\", 2\r\n3]", "[\", null]");
    }

    @Test
    void aQuoteInsideAnUnquotedFieldIsText() {
        assertThat(records(AB, "a,b\n1\"2\"3, \"x\"\n")).containsExactly("[1\"2\"3,  \"x\"]");
    }

    @Test
    void somethingAfterAClosingQuoteIsMalformed() {
        assertThat(records(AB, "a,b\n\"1\"x,2\n3,4\n\"5\"\r6,7\n\"8\",\"9\"\r"))
                .containsExactly(
                        "malformed  '\"1\"x,2' 6",
                        "[3, 4]",
                        "malformed  '\"5\"\r6,7' 7",
                        "malformed  '\"8\",\"9\"\r' 8");
    }

    @Test
    void aMalformedRecordReachesToItsFirstLineFeed() {
        assertThat(records(AB, "a,b\n\"1\r\n2\"x,3\n4,5\n"))
                .containsExactly("malformed  '\"1\r' 3", "[2\"x, 3]", "[4, 5]");
    }

    @Test
    void aQuotedFieldThatNeverEndsIsMalformed() {
        assertThat(records(AB, "a,b\n\"1,2\n3,4\n")).containsExactly("malformed  '\"1,2' 4", "[3, 4]");
    }

    @Test
    void theHeaderBindsByNameTheFirstOfTwo() {
        assertThat(records(AB, "x,b,\"a\",a\n1,2,3,4\n")).containsExactly("[3, 2]");
        assertThat(records(csv().header("q\"x", "a", TEXT), "\"q\"\"x\",b\n1,2\n"))
                .containsExactly("[1]");
    }

    @Test
    void aHeaderWithoutAColumnQuarantinesEveryRecord() {
        assertThat(records(AB, "a,B\n1,2\n\"x\"y\n3\n"))
                .containsExactly("missing-column  '1,2' 3", "malformed  '\"x\"y' 4", "missing-column  '3' 1");
    }

    @Test
    void aMalformedHeaderIsSkippedAndBindsNothing() {
        assertThat(records(AB, "\"a\"x,b\n1,2\n")).containsExactly("missing-column  '1,2' 3");
    }

    @Test
    void anObjectWithoutRecordsHasNone() {
        assertThat(records(AB, "")).isEmpty();
        assertThat(records(AB, "a,b")).isEmpty();
        assertThat(records(AB, "a\n\n")).isEmpty();
    }

    @Test
    void skipsAByteOrderMark() {
        assertThat(records(AB, "\ufeffa,b\n1,2")).containsExactly("[1, 2]");
    }

    @Test
    void anotherNumberOfFieldsIsAViolation() {
        assertThat(records(AB, "a,b\n1\n1,2,3\r\n1,2\n"))
                .containsExactly("field-count  '1' 1", "field-count  '1,2,3' 5", "[1, 2]");
    }

    @Test
    void invalidUtf8IsFoundInAnyField() {
        byte[] object = "a,b,c\n1,2,\u00ff\n3,4,\u00c3\u00a9\n1,2,3,\u00ff".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Decoded.of(AB, object).records())
                .containsExactly("invalid-utf8  '1,2,\u00ff' 5", "[3, 4]", "invalid-utf8  '1,2,3,\u00ff' 7");
    }

    @Test
    void aRecordOfTheLongestLengthIsReadAndALongerOneIsNot() {
        TestTable table = csv().with("a", TEXT).with("b", TEXT).maxRecordBytes(5);
        assertThat(records(table, "a,b\n12,34\r\n123,45\r\n12,34\n123,45\n12,34"))
                .containsExactly("[12, 34]", "too-long  '123,45\r' 7", "[12, 34]", "too-long  '123,45' 6", "[12, 34]");
        assertThat(records(table, "a,b\n1,\"23456\n7,8")).containsExactly("too-long  '1,\"23456' 8", "[7, 8]");
        assertThat(records(table, "a,b\n\"1\"x678")).containsExactly("too-long  '\"1\"x678' 7");
    }

    @Test
    void blankFieldsAreNullAndOthersAreTakenUntrimmed() {
        assertThat(records(AB, "a,b\n \t,\"\"\n x ,\" \"\n")).containsExactly("[null, null]", "[ x , null]");
    }

    @Test
    void anotherDelimiterDelimits() {
        assertThat(records(csv('|').with("a", TEXT).with("b", TEXT), "a|b\n1,|2\n"))
                .containsExactly("[1,, 2]");
    }

    @Test
    void recordsOfManyFieldsAreRead() {
        String header = "x,".repeat(100) + "a,b\n";
        assertThat(records(AB, header + "0,".repeat(100) + "1,2\n")).containsExactly("[1, 2]");
    }

    @Test
    void valuesFollowTheTableOfTypes() {
        assertThat(value(TEXT, "a\0b")).isEqualTo("nul /v");
        assertThat(value(varchar(2), "éé")).isEqualTo("[éé]");
        assertThat(value(varchar(2), "ééé")).isEqualTo("out-of-range /v");
        for (String text : List.of("true", "TRUE", "t", "T", "1", "tRuE")) {
            assertThat(value(BOOLEAN, text)).isEqualTo("[true]");
        }
        for (String text : List.of("false", "False", "f", "F", "0")) {
            assertThat(value(BOOLEAN, text)).isEqualTo("[false]");
        }
        for (String text : List.of("yes", " true", "tru", "2", "truee")) {
            assertThat(value(BOOLEAN, text)).isEqualTo("wrong-type /v");
        }
        assertThat(value(INTEGER, "-12")).isEqualTo("[-12]");
        assertThat(value(INTEGER, "\"12\"")).isEqualTo("[12]");
        assertThat(value(INTEGER, "99999999999")).isEqualTo("out-of-range /v");
        for (String text : List.of("+1", " 1", "01", "1.", "1.0", "1e2", "x", "-", "1 ")) {
            assertThat(value(INTEGER, text)).as(text).isEqualTo("wrong-type /v");
        }
        assertThat(value(BIGINT, "9223372036854775808")).isEqualTo("out-of-range /v");
        assertThat(value(numeric(4, 2), "1.5")).isEqualTo("[1.50]");
        assertThat(value(numeric(4, 2), "1.555")).isEqualTo("out-of-range /v");
        assertThat(value(numeric(4, 2), ".5")).isEqualTo("wrong-type /v");
        assertThat(value(DOUBLE, "1e-3")).isEqualTo("[0.001]");
        assertThat(value(DOUBLE, "NaN")).isEqualTo("wrong-type /v");
        assertThat(value(DOUBLE, "1e999")).isEqualTo("out-of-range /v");
        assertThat(value(DATE, "2024-02-29")).isEqualTo("[2024-02-29]");
        assertThat(value(DATE, "2023-02-29")).isEqualTo("invalid-time /v");
        TimeFormat seconds = new TimeFormat.Epoch(TimeFormat.Epoch.Unit.SECONDS);
        assertThat(value(TIME, "1767582000", seconds)).isEqualTo("[2026-01-05T03:00:00Z]");
        assertThat(value(TIME, "1767582000.0", seconds)).isEqualTo("invalid-time /v");
    }

    @Test
    void aNullEventTimeIsMissing() {
        assertThat(records(TestTable.checkins(), "user,timestamp,hours,project\nned,,1,x\n"))
                .containsExactly("missing /timestamp 'ned,,1,x' 8");
    }
}
