package dev.millrace.ingest.decode;

import static dev.millrace.ingest.decode.Decoded.bytes;
import static dev.millrace.ingest.decode.Decoded.gzip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.SourceTable.Envelope;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogEventsTest {
    private static final TestTable LOGS = TestTable.logs(Envelope.NONE)
            .at("/logGroup", "log_group", TestTable.TEXT)
            .at("/logEvents/message", "message", TestTable.TEXT);
    private static final String ENVELOPE = "{\"messageType\":\"DATA_MESSAGE\",\"logGroup\":\"g\",\"logEvents\":"
            + "[{\"message\":\"a\"} , {\"message\":\"b\"}]}";
    private static final String CONTROL = ENVELOPE.replace("DATA_", "CONTROL_");

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static List<String> inPortions(byte[] object, int chunk) {
        return Decoded.of(ObjectDecoder.of(LOGS.table(), chunk), LOGS.table(), new ByteArrayInputStream(object))
                .records();
    }

    @Test
    void everyEventIsARecordWithItsEnvelopeAroundIt() {
        assertThat(Decoded.of(LOGS, ENVELOPE + CONTROL + ENVELOPE).records())
                .containsExactly("[g, a]", "[g, b]", "[g, a]", "[g, b]");
    }

    @Test
    void membersOfGzipMayStandAnywhereAndWithinOneAnother() {
        byte[] member = gzip(bytes(ENVELOPE));
        List<byte[]> objects = List.of(
                joined(member, member),
                joined(member, bytes("\n"), member, bytes("\n")),
                gzip(joined(member, bytes("\n"), member)),
                joined(bytes(ENVELOPE), member),
                joined(gzip(bytes(ENVELOPE.substring(0, 20))), bytes(ENVELOPE.substring(20)), member));
        for (byte[] object : objects) {
            for (int chunk : new int[] {16, 100, 100_000}) {
                assertThat(inPortions(object, chunk)).containsExactly("[g, a]", "[g, b]", "[g, a]", "[g, b]");
            }
        }
    }

    @Test
    void damageInAMemberEndsTheObject() {
        byte[] member = gzip(bytes(ENVELOPE));
        assertThat(Decoded.of(LOGS, joined(member, Arrays.copyOf(member, member.length - 8)))
                        .records())
                .containsExactly("[g, a]", "[g, b]", "[g, a]", "[g, b]", "damaged-compression  '' 0");
    }

    @Test
    void anEnvelopeWithoutEventsIsOneRecordAndAnEventThatIsNoObjectTooIs() {
        assertThat(Decoded.of(LOGS, "{\"logEvents\":{}}\n{\"logEvents\":[]}\n{\"logEvents\":[5]}")
                        .records())
                .containsExactly(
                        "wrong-type /logEvents '{\"logEvents\":{}}' 16",
                        "wrong-type /logEvents '{\"logEvents\":5}' 15");
    }

    @Test
    void aMessageMayHoldItsEnvelopeInBase64() {
        TestTable queued = TestTable.logs(Envelope.MESSAGE)
                .at("/meta/id", "id", TestTable.TEXT)
                .at("/body/logGroup", "log_group", TestTable.TEXT)
                .at("/body/logEvents/message", "message", TestTable.TEXT)
                .maxRecordBytes(10_000);
        String packed = Base64.getEncoder().encodeToString(gzip(bytes(ENVELOPE)));
        String tooLong = Base64.getEncoder().encodeToString(gzip(bytes("[" + " ".repeat(10_000) + "]")));
        assertThat(Decoded.of(queued, "{\"meta\":{\"id\":\"1\"},\"body\":\"" + packed + "\"}")
                        .records())
                .containsExactly("[1, g, a]", "[1, g, b]");
        assertThat(Decoded.of(queued, "{\"body\":\"" + packed.substring(0, 40) + "\"}{\"body\":\"" + tooLong + "\"}")
                        .violations())
                .extracting(violation -> violation.reason().label() + " " + violation.pointer())
                .containsExactly("malformed-text /body", "too-long ");
    }
}
