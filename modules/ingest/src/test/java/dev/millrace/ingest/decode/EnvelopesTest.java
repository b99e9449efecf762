package dev.millrace.ingest.decode;

import static dev.millrace.ingest.decode.TestTable.BIGINT;
import static dev.millrace.ingest.decode.TestTable.DATE;
import static dev.millrace.ingest.decode.TestTable.INTEGER;
import static dev.millrace.ingest.decode.TestTable.TEXT;
import static dev.millrace.ingest.decode.TestTable.messages;
import static dev.millrace.ingest.decode.TestTable.sharing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.TimeFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages, records that share an object with another table's, and arrays. */
class EnvelopesTest {
    private static final TestTable LOGINS = messages()
            .at("/meta/id", "message_id", TEXT)
            .at("/body/user_id", "user_id", TEXT)
            .version("/body/app_version", "app_version", INTEGER)
            .at("/meta/sentAt", "create_date", DATE, new TimeFormat.Epoch(TimeFormat.Epoch.Unit.MILLIS))
            .within("/body/inner", "/n", "n", BIGINT);
    private static final TestTable TRACKS = sharing("t.", true, "w.").at("/t.at", "at", DATE);
    private static final TestTable WEATHER = sharing("w.", false, "t.").at("/w.city", "city", TEXT);

    private static List<String> records(TestTable table, String object) {
        return Decoded.of(table, object).records();
    }

    @Test
    void columnsOfAMessageReadItsMetaAndTheRecordInItsBody() {
        String message = "{\"meta\":{\"source\":\"sqs:login-queue\",\"id\":\"m1\",\"sentAt\":1767582000000},"
                + "\"body\":\"{\\\"user_id\\\": \\\"u\\u00e91\\\", \\\"app_version\\\": \\\"2.3.0\\\", "
                + "\\\"inner\\\":\\\"{\\\\\\\"n\\\\\\\":7}\\\"}\"}\n";
        assertThat(records(LOGINS, message + message.replace("2.3.0", "0.26")))
                .containsExactly("[m1, ué1, 2003000, 2026-01-05, 7]", "[m1, ué1, 26000, 2026-01-05, 7]");
    }

    @Test
    void aBodyThatIsNoJsonIsQuarantinedWhateverTheColumns() {
        TestTable metaOnly = messages().at("/meta/id", "id", TEXT);
        assertThat(records(
                        metaOnly, "{\"meta\":{\"id\":\"1\"},\"body\":\"oops\"}\n{\"body\":{}}\n{\"body\":\"\\ud800\"}"))
                .containsExactly(
                        "malformed-text /body '{\"meta\":{\"id\":\"1\"},\"body\":\"oops\"}' 33",
                        "wrong-type /body '{\"body\":{}}' 11",
                        "invalid-utf8 /body '{\"body\":\"\\ud800\"}' 17");
    }

    @Test
    void aTextWithinABodyThatIsNoJsonIsTheColumnsFault() {
        assertThat(records(LOGINS, "{\"body\":\"{\\\"inner\\\":\\\"{\\\"}\"}"))
                .containsExactly("malformed-text /body/inner '{\"body\":\"{\\\"inner\\\":\\\"{\\\"}\"}' 28");
    }

    @Test
    void recordsGoToTheTableOfTheirKeysAndTheRestToTheFirst() {
        String object = "[{\"t.at\":\"2019-05-13\"},\n{\"w.city\":\"Zurich\"},\n{\"\\u0077.city\":\"Bern\"},\n{},\n"
                + "{\"x\":[\"}\",{\"w.city\":1}],\"t.at\":null},\n{\"w.city\":tru},\n";
        Decoded tracks = Decoded.of(TRACKS, object);
        assertThat(tracks.records())
                .containsExactly("[2019-05-13]", "unrouted  '{}' 2", "[null]", "malformed  '{\"w.city\":tru},' 15");
        assertThat(tracks.violations()).extracting(Violation::record).containsExactly(4L, 6L);
        assertThat(records(WEATHER, object)).containsExactly("[Zurich]", "[Bern]");
    }

    @Test
    void damageOfASharedObjectIsTheFirstTables() {
        byte[] whole = Decoded.gzip(Decoded.bytes("{\"t.at\":null}\n{\"w.city\":\"Zurich\"}\n{\"w.c"));
        byte[] cut = java.util.Arrays.copyOf(whole, whole.length - 8);
        assertThat(Decoded.of(TRACKS, cut).records()).containsExactly("[null]", "damaged-compression  '{\"w.c' 5");
        assertThat(Decoded.of(WEATHER, cut).records()).containsExactly("[Zurich]");
    }

    @Test
    void theItemsOfAnArrayAreRecordsWhetherItIsClosedOrNot() {
        TestTable id = TestTable.json().with("id", TEXT);
        for (String object : List.of(
                "[{\"id\":\"1\"},{\"id\":\"2\"}]",
                "[\n{\"id\":\"1\"},\r\n{\"id\":\"2\"},\n",
                "{\"id\":\"1\"},{\"id\":\"2\"},",
                "[{\"id\":\"1\"}][{\"id\":\"2\"}][]")) {
            assertThat(records(id, object)).as(object).containsExactly("[1]", "[2]");
        }
        assertThat(records(id, "[]")).isEmpty();
        assertThat(records(id, "[1,2]")).containsExactly("malformed  '1,2]' 4");
    }
}
