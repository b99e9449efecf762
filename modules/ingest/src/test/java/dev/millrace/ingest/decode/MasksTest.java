package dev.millrace.ingest.decode;

import static dev.millrace.ingest.decode.TestTable.TEXT;
import static dev.millrace.ingest.decode.TestTable.varchar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.SourceTable;
import dev.millrace.environment.Secret;
import dev.millrace.ingest.mask.HashKey;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MasksTest {
    private static final HashKey KEY = HashKey.of(Secret.of("Jefe"));
    private static final String NOTHING = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    private static Decoded decoded(TestTable table, String object) {
        SourceTable built = table.table();
        ObjectDecoder decoder = ObjectDecoder.of(built, Optional.of(KEY));
        return Decoded.of(decoder, built, new ByteArrayInputStream(object.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void equalTextsAreEqualHoweverTheyAreWritten() {
        TestTable table = TestTable.json().masked("a", TEXT).with("b", TEXT).masked("c", TEXT);
        List<String> records = decoded(table, """
                        {"a":"what do ya want for nothing?","b":"clear","c":"what do ya want for nothing\\u003f"}
                        {"b":"next","c":null}
                        """).records();

        assertThat(records).containsExactly("[" + NOTHING + ", clear, " + NOTHING + "]", "[null, next, null]");
    }

    @Test
    void fieldsOfACsvAreMaskedWithoutTheirQuotes() {
        TestTable table = TestTable.csv().masked("a", TEXT).masked("b", TEXT);
        List<String> records = decoded(
                        table, "a,b\nwhat do ya want for nothing?,\"what do ya want for nothing?\"\n, \n")
                .records();

        assertThat(records).containsExactly("[" + NOTHING + ", " + NOTHING + "]", "[null, null]");
    }

    @Test
    void theTextIsJudgedBeforeItIsMasked() {
        TestTable table = TestTable.json().masked("a", varchar(64));
        Decoded decoded = decoded(table, "{\"a\":\"" + "x".repeat(65) + "\"}{\"a\":5}{\"a\":\"\\u0000\"}");

        assertThat(decoded.violations())
                .extracting(Violation::reason)
                .containsExactly(Reason.OUT_OF_RANGE, Reason.WRONG_TYPE, Reason.NUL);
        assertThat(decoded.violations()).extracting(Violation::detail).noneMatch(detail -> detail.contains("xxx"));
    }

    @Test
    void nothingIsReadWithoutAKey() {
        SourceTable table = TestTable.json().masked("a", TEXT).table();
        assertThatThrownBy(() -> ObjectDecoder.of(table)).hasMessageContaining("no key for the masks");
    }
}
