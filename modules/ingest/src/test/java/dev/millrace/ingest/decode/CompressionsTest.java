package dev.millrace.ingest.decode;

import static dev.millrace.ingest.decode.Decoded.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import io.airlift.compress.snappy.SnappyCompressor;
import io.airlift.compress.snappy.SnappyFramedOutputStream;
import io.airlift.compress.snappy.SnappyHadoopStreams;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Objects that are compressed by anything but gzip. */
class CompressionsTest {
    private static final TestTable ID = TestTable.json().with("id", TestTable.TEXT);

    private interface Compressor {
        OutputStream to(OutputStream out) throws IOException;
    }

    private static byte[] compressed(byte[] plain, Compressor compressor) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream stream = compressor.to(out)) {
            for (int at = 0; at < plain.length; at += 40_000) {
                stream.write(plain, at, Math.min(40_000, plain.length - at));
                stream.flush();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    private static byte[] zip(byte[] plain) {
        return compressed(plain, out -> {
            ZipOutputStream zip = new ZipOutputStream(out);
            zip.putNextEntry(new ZipEntry("object"));
            return zip;
        });
    }

    private static byte[] zstd(byte[] plain) {
        return compressed(plain, out -> new ZstdOutputStream(out).setChecksum(true));
    }

    private static byte[] hadoop(byte[] plain) {
        return compressed(plain, out -> new SnappyHadoopStreams().createOutputStream(out));
    }

    private static byte[] snappyJava(byte[] plain) {
        SnappyCompressor snappy = new SnappyCompressor();
        byte[] block = new byte[snappy.maxCompressedLength(plain.length)];
        int length = snappy.compress(plain, 0, plain.length, block, 0, block.length);
        ByteBuffer out = ByteBuffer.allocate(20 + length);
        out.put(new byte[] {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0})
                .putInt(1)
                .putInt(1);
        return out.putInt(length).put(block, 0, length).array();
    }

    private static List<byte[]> everyWay(byte[] plain) {
        return List.of(
                zstd(plain),
                Zstd.compress(plain, 19),
                zip(plain),
                compressed(plain, SnappyFramedOutputStream::new),
                hadoop(plain),
                snappyJava(plain));
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] events(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("{\"id\":\"")
                    .append(Integer.toHexString(i * 0x9e3779b9))
                    .append("\"}\n");
        }
        return bytes(text.toString());
    }

    @Test
    void theFirstBytesTellTheCompression() {
        byte[] plain = events(30_000);
        List<String> expected = Decoded.of(ID, plain).records();
        assertThat(expected).hasSize(30_000);
        for (byte[] object : everyWay(plain)) {
            assertThat(Decoded.of(ID, object).records()).isEqualTo(expected);
        }
    }

    @Test
    void framesFollowOneAnotherWithinARecord() {
        byte[] one = bytes("{\"id\":");
        byte[] other = bytes("\"1\"}{\"id\":\"2\"}");
        byte[] skippable = {0x5e, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, '?'};
        for (byte[] object : List.of(
                joined(zstd(one), skippable, zstd(new byte[0]), Zstd.compress(other)),
                joined(skippable, zstd(joined(one, other))),
                joined(
                        compressed(one, SnappyFramedOutputStream::new),
                        compressed(other, SnappyFramedOutputStream::new)),
                joined(hadoop(one), hadoop(other)))) {
            assertThat(Decoded.of(ID, object).records()).containsExactly("[1]", "[2]");
        }
    }

    @Test
    void recordsBeforeAMissingEndCountAndTheFaultIsOneMore() {
        byte[] plain = events(30_000);
        for (byte[] object : everyWay(plain)) {
            List<String> records =
                    Decoded.of(ID, Arrays.copyOf(object, object.length - 3)).records();
            assertThat(records.get(records.size() - 1)).startsWith("damaged-compression ");
            assertThat(records.subList(0, records.size() - 1))
                    .isEqualTo(Decoded.of(ID, plain).records().subList(0, records.size() - 1));
        }
    }

    @Test
    void bytesAfterTheEndAreDamageAndTakeNothingBack() {
        byte[] plain = events(10);
        for (byte[] object : everyWay(plain)) {
            assertThat(Decoded.of(ID, joined(object, bytes("{}\n?"))).records())
                    .hasSize(11)
                    .last()
                    .asString()
                    .startsWith("damaged-compression ");
        }
    }

    @Test
    void aWrongChecksumTakesNothingBackWhereDataCountsBeforeIt() {
        byte[] object = zstd(events(10));
        object[object.length - 1]++;
        assertThat(Decoded.of(ID, object).records()).hasSize(11).last().isEqualTo("damaged-compression  '' 0");
        byte[] framed = compressed(events(10), SnappyFramedOutputStream::new);
        framed[framed.length - 3]++;
        assertThat(Decoded.of(ID, framed).records()).containsExactly("damaged-compression  '' 0");
    }

    @Test
    void anEmptyArchiveHoldsNoRecord() {
        byte[] empty = new byte[22];
        System.arraycopy(new byte[] {'P', 'K', 5, 6}, 0, empty, 0, 4);
        assertThat(Decoded.of(ID, empty).records()).isEmpty();
    }

    @Test
    void everyEntryOfAnArchiveCounts() {
        byte[] object = compressed(new byte[0], out -> {
            ZipOutputStream zip = new ZipOutputStream(out);
            zip.putNextEntry(new ZipEntry("folder/"));
            zip.putNextEntry(new ZipEntry("a"));
            zip.write(bytes("{\"id\":\"1\"}"));
            zip.putNextEntry(new ZipEntry("b"));
            zip.write(bytes("{\"id\":\"2\"}"));
            return zip;
        });
        assertThat(Decoded.of(ID, object).records()).containsExactly("[1]", "[2]");
    }

    @Test
    void damageAnywhereNeitherStopsARunNorChangesWithThePortionsRead() {
        Random random = new Random(3);
        List<byte[]> objects = new ArrayList<>(everyWay(events(200)));
        for (byte[] object : objects) {
            for (int round = 0; round < 60; round++) {
                byte[] flipped = object.clone();
                flipped[random.nextInt(object.length)] ^= (byte) (1 << random.nextInt(8));
                List<String> whole = Decoded.of(ID, flipped).everything();
                List<String> portions = Decoded.of(
                                ObjectDecoder.of(ID.table(), 16), ID.table(), new java.io.ByteArrayInputStream(flipped))
                        .everything();
                assertThat(portions).isEqualTo(whole);
            }
        }
    }
}
