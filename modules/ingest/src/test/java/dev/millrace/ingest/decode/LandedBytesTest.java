package dev.millrace.ingest.decode;

import static dev.millrace.ingest.decode.Decoded.bytes;
import static dev.millrace.ingest.decode.Decoded.gzip;
import static dev.millrace.ingest.decode.TestTable.TEXT;
import static dev.millrace.ingest.decode.TestTable.csv;
import static dev.millrace.ingest.decode.TestTable.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class LandedBytesTest {
    private static final TestTable ID = json().with("id", TEXT);
    private static final TestTable AB = csv().with("a", TEXT).with("b", TEXT);

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] cut(byte[] bytes, int fromEnd) {
        return Arrays.copyOf(bytes, bytes.length - fromEnd);
    }

    private static List<String> records(TestTable table, byte[] object) {
        return Decoded.of(table, object).records();
    }

    @Test
    void membersOfGzipFollowOneAnotherWithinARecord() {
        byte[] object = joined(gzip(bytes("{\"id\":")), gzip(new byte[0]), gzip(bytes("\"1\"}{\"id\":\"2\"}")));
        assertThat(records(ID, object)).containsExactly("[1]", "[2]");
    }

    @Test
    void headersMayHoldExtraFieldsNameCommentAndChecksum() {
        byte[] member = gzip(bytes("{\"id\":\"1\"}"));
        byte[] header = {0x1f, (byte) 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 2, 0, 'x', 'y', 'n', 0, 'c', 0};
        CRC32 crc = new CRC32();
        crc.update(header);
        byte[] sum = {(byte) crc.getValue(), (byte) (crc.getValue() >>> 8)};
        byte[] body = Arrays.copyOfRange(member, 10, member.length);
        assertThat(records(ID, joined(header, sum, body))).containsExactly("[1]");
        sum[0]++;
        assertThat(records(ID, joined(header, sum, body))).containsExactly("damaged-compression  '' 0");
    }

    @Test
    void recordsBeforeAMissingEndCountAndTheFaultIsOneMore() {
        byte[] object = gzip(bytes("{\"id\":\"1\"}\n{\"id\":\"2\"}\n"));
        assertThat(records(ID, cut(object, 8))).containsExactly("[1]", "[2]", "damaged-compression  '' 0");
        assertThat(records(ID, cut(object, 1))).containsExactly("[1]", "[2]", "damaged-compression  '' 0");
    }

    @Test
    void theDamagesPayloadIsTheRecordThatWasCutOff() {
        byte[] object = cut(gzip(bytes("{\"id\":\"1\"}\n {\"id\":\n\"2")), 8);
        assertThat(records(ID, object)).containsExactly("[1]", "damaged-compression  '{\"id\":\n\"2' 9");
    }

    @Test
    void aMalformedRecordWhoseExtentIsCutOffIsTheDamages() {
        assertThat(records(ID, cut(gzip(bytes("{x}\n{x:1")), 8)))
                .containsExactly("malformed  '{x}' 3", "damaged-compression  '{x:1' 4");
        assertThat(records(json().with("id", TEXT).maxRecordBytes(5), cut(gzip(bytes("{\"a\":12345")), 8)))
                .containsExactly("damaged-compression  '{\"a\":12345' 10");
    }

    @Test
    void aCsvRecordWithoutItsLineFeedIsCutOff() {
        assertThat(records(AB, cut(gzip(bytes("a,b\n1,2\n3,4")), 8)))
                .containsExactly("[1, 2]", "damaged-compression  '3,4' 3");
        assertThat(records(AB, cut(gzip(bytes("a,b\n1,2\n\n\r\n")), 8)))
                .containsExactly("[1, 2]", "damaged-compression  '' 0");
        assertThat(records(AB, cut(gzip(bytes("a,b\n\"1\n2\"")), 8)))
                .containsExactly("damaged-compression  '\"1\n2\"' 5");
        assertThat(records(AB, cut(gzip(bytes("a,b")), 8))).containsExactly("damaged-compression  'a,b' 3");
    }

    @Test
    void wrongChecksumsLengthsAndBytesAfterTheEndAreDamage() {
        byte[] object = gzip(bytes("{\"id\":\"1\"}"));
        byte[] checksum = object.clone();
        checksum[object.length - 8]++;
        byte[] length = object.clone();
        length[object.length - 1]++;
        for (byte[] damaged : List.of(checksum, length, joined(object, bytes("\0")), joined(object, bytes("{}")))) {
            assertThat(records(ID, damaged)).containsExactly("[1]", "damaged-compression  '' 0");
        }
    }

    @Test
    void whatWasInflatedBeforeBadDataCounts() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            text.append("{\"id\":\"")
                    .append(Integer.toHexString(i * 0x9e3779b9))
                    .append("\"}\n");
        }
        byte[] object = gzip(bytes(text.toString()));
        Arrays.fill(object, object.length / 2, object.length / 2 + 100, (byte) 0xff);
        Decoded decoded = Decoded.of(ID, object);
        assertThat(decoded.records()).hasSizeBetween(20_000, 30_000);
        assertThat(decoded.violations()).extracting(Violation::reason).contains(Reason.DAMAGED_COMPRESSION);
        assertThat(decoded.records().get(decoded.records().size() - 1)).startsWith("damaged-compression ");
    }

    @Test
    void anObjectOfTheMagicBytesAloneIsDamaged() {
        assertThat(records(ID, new byte[] {0x1f, (byte) 0x8b})).containsExactly("damaged-compression  '' 0");
        assertThat(records(ID, new byte[] {0x1f, (byte) 0x8b, 7, 0, 0})).containsExactly("damaged-compression  '' 0");
        assertThat(records(ID, new byte[] {0x1f})).containsExactly("malformed  '\u001f' 1");
    }

    @Test
    void anExceptionOfTheSourceIsNoDamage() {
        byte[] whole = gzip(bytes("{\"id\":\"1\"}\n{\"id\":\"2\"}"));
        for (byte[] object : List.of(whole, bytes("{\"id\":\"1\"}\n{\"id\":"))) {
            InputStream broken = new SequenceInputStream(new ByteArrayInputStream(object, 0, 15), new Broken());
            assertThatThrownBy(() -> ObjectDecoder.of(ID.table()).decode(broken, Decoded.HOUR, new Nothing()))
                    .isInstanceOf(IOException.class)
                    .hasMessage("connection reset");
        }
    }

    @Test
    void aDecoderServesObjectAfterObject() throws IOException {
        ObjectDecoder decoder = ObjectDecoder.of(ID.table());
        for (String text : List.of("{\"id\":", "{\"id\":\"2\"}", "", "{}{}")) {
            List<String> again = Decoded.of(decoder, ID.table(), new ByteArrayInputStream(bytes(text)))
                    .records();
            assertThat(again).isEqualTo(records(ID, bytes(text)));
        }
    }

    private static final class Broken extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("connection reset");
        }

        @Override
        public int read(byte[] into, int at, int length) throws IOException {
            throw new IOException("connection reset");
        }
    }

    private static final class Nothing implements RecordSink {
        @Override
        public void row(long record, dev.millrace.lake.Row row) {}

        @Override
        public void violation(Violation violation) {}
    }
}
