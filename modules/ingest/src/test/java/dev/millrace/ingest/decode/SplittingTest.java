package dev.millrace.ingest.decode;

import static dev.millrace.ingest.decode.Decoded.bytes;
import static dev.millrace.ingest.decode.TestTable.TEXT;
import static dev.millrace.ingest.decode.TestTable.csv;
import static dev.millrace.ingest.decode.TestTable.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.SourceTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** However the bytes come in portions, the records are the same. */
class SplittingTest {
    private static final TestTable JSON = json().with("id", TEXT)
            .within("/t", "/a", "a", TEXT)
            .at("/a name of some length", "n", TestTable.DOUBLE)
            .maxRecordBytes(90);
    private static final TestTable CSV = csv().with("id", TEXT)
            .with("text", TEXT)
            .with("n", TestTable.BIGINT)
            .maxRecordBytes(40);

    private static final String JSON_OBJECT =
            "\ufeff {\"id\":\"é\\u00e9\\ud83d\\ude00\",\"t\":\"{\\\"a\\\":\\\"x\\\"}\"}{\"id\":\"1\","
                    + "\"a name of some length\":-1.25e+3,\"x\":[true,false,null,{\"y\":[]}]}\r\n\n{\"id\":tru}{\"id\":\"2\"}\n"
                    + "{\"id\":\"3\",\n\"b\":nul}\n]}{\"id\":\"4\"}\t\n{\"x\":\"" + "long ".repeat(30)
                    + "\"}}{\"id\":\"5\"}\n"
                    + "{\"t\":\"{\"}{\"id\":\"\\ud800\"}{\"id\":7} {\"id\":\"6\"} {\"a";

    private static final String CSV_OBJECT =
            "\ufeff\r\n\"id\",text,n\r\n1,\"a\r\nb\",5\n\n2,\"x\"\"y\"\"\",-6\r\n\"3\"x,,\n4,é,7\n" + "5,\""
                    + "long ".repeat(20) + "\n6,,8\n7,8\n\"9\",\"\",0\r\n10,\"never\nends,1";

    @Test
    void jsonIsTheSameInPortionsOfAnySize() {
        everyWay(JSON, bytes(JSON_OBJECT));
    }

    @Test
    void csvIsTheSameInPortionsOfAnySize() {
        everyWay(CSV, bytes(CSV_OBJECT));
        everyWay(CSV, bytes(CSV_OBJECT.replace("\"never\n", "\"ends\"\r\n")));
    }

    @Test
    void dialectsAreTheSameInPortionsOfAnySize() {
        TestTable escaped = csv(new SourceTable.RecordFormat.Csv(
                        '|', Optional.of('\''), Optional.of('\\'), false, Optional.of("\\N")))
                .position(2, "id", TEXT)
                .position(1, "n", TestTable.BIGINT)
                .maxRecordBytes(40);
        String object =
                "\ufeff1|a\\|b\r\n\n2|'x\\'y''z'\r\n3|x\\\r\n4|x\\\n\\\\\n\\N|\\N\n'5'|'|\n'\n6|'x'y\n7\n8|é|more\n9|"
                        + "long ".repeat(20) + "\n10|'never\nends\\'\n11|\\";
        everyWay(escaped, bytes(object));
        for (int length = 0; length < bytes(object).length; length++) {
            sameInPortions(escaped, Arrays.copyOf(bytes(object), length), 1, 1);
        }
    }

    @Test
    void gzipIsTheSameInPortionsOfAnySize() {
        everyWay(JSON, Decoded.gzip(bytes(JSON_OBJECT)));
        everyWay(CSV, Decoded.gzip(bytes(CSV_OBJECT)));
    }

    @Test
    void damageIsTheSameInPortionsOfAnySize() {
        Random random = new Random(5);
        for (TestTable table : List.of(JSON, CSV)) {
            byte[] whole = Decoded.gzip(bytes(table == JSON ? JSON_OBJECT : CSV_OBJECT));
            for (int length = 2; length < whole.length; length += 3) {
                sameInPortions(table, Arrays.copyOf(whole, length), 1, 2);
                byte[] flipped = whole.clone();
                flipped[length] ^= (byte) (1 << random.nextInt(8));
                sameInPortions(table, flipped, 3, 1);
            }
        }
    }

    @Test
    void everyTruncationIsTheSameInPortions() {
        for (int length = 0; length < bytes(JSON_OBJECT).length; length++) {
            sameInPortions(JSON, Arrays.copyOf(bytes(JSON_OBJECT), length), 1, 1);
        }
        for (int length = 0; length < bytes(CSV_OBJECT).length; length++) {
            sameInPortions(CSV, Arrays.copyOf(bytes(CSV_OBJECT), length), 1, 1);
        }
    }

    private static void everyWay(TestTable table, byte[] object) {
        for (int portion : new int[] {1, 2, 3, 7, 16, 100, 100_000}) {
            for (int chunk : new int[] {1, 2, 3, 5, 8, 13, 31, 64, 200}) {
                sameInPortions(table, object, portion, chunk);
            }
        }
    }

    private static void sameInPortions(TestTable table, byte[] object, int portion, int chunk) {
        SourceTable built = table.table();
        InputStream stream = new Portions(object, portion);
        assertThat(Decoded.of(ObjectDecoder.of(built, chunk), built, stream).everything())
                .as("portions of %d, chunks of %d", portion, chunk)
                .isEqualTo(Decoded.of(table, object).everything());
    }

    /** A stream that never hands out more than so many bytes at once. */
    private static final class Portions extends InputStream {
        private final ByteArrayInputStream bytes;
        private final int portion;

        private Portions(byte[] bytes, int portion) {
            this.bytes = new ByteArrayInputStream(bytes);
            this.portion = portion;
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] into, int at, int length) throws IOException {
            return bytes.read(into, at, Math.min(length, portion));
        }
    }
}
