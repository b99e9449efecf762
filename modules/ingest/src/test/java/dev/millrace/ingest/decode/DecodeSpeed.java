package dev.millrace.ingest.decode;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.contract.SourceTable;
import dev.millrace.lake.Row;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/** Times the decoding of generated consent events: megabytes of JSON a CPU second. Run by hand. */
public final class DecodeSpeed {
    private static final String[] TYPES = {"pageview", "pageview", "pageview", "consent.asked", "consent.given"};
    private static final String[] COUNTRIES = {"FR", "DE", "ES", "IT", "NL"};
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private DecodeSpeed() {}

    public static void main(String... args) throws IOException {
        int megabytes = args.length > 0 ? Integer.parseInt(args[0]) : 300;
        byte[] plain = events(megabytes * 1_000_000, new Random(7));
        byte[] zipped = Decoded.gzip(plain);
        byte[] zstd = com.github.luben.zstd.Zstd.compress(plain, 3);
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        try (java.io.OutputStream stream = new io.airlift.compress.snappy.SnappyFramedOutputStream(framed)) {
            stream.write(plain);
        }
        byte[] snappy = framed.toByteArray();
        say("%d bytes of JSON, %d of gzip%n", plain.length, zipped.length);
        SourceTable table = TestTable.consents().table();
        ObjectDecoder decoder = ObjectDecoder.of(table);
        for (int round = 0; round < 5; round++) {
            time("plain", plain.length, () -> decode(decoder, plain));
            time("gzip", plain.length, () -> decode(decoder, zipped));
            time("GZIPInputStream alone", plain.length, () -> inflate(zipped, 512));
            time("GZIPInputStream, 64 KiB", plain.length, () -> inflate(zipped, 65536));
            time("zstd", plain.length, () -> decode(decoder, zstd));
            time("snappy", plain.length, () -> decode(decoder, snappy));
            time("plain with digests", plain.length, () -> digest(decoder, table, plain));
        }
    }

    private interface Work {
        long run() throws IOException;
    }

    private static void time(String name, long bytes, Work work) throws IOException {
        long cpu = SYSTEM.getProcessCpuTime();
        long result = work.run();
        double seconds = (SYSTEM.getProcessCpuTime() - cpu) / 1e9;
        say("%-24s %7.1f MB/s a CPU second (%d)%n", name, bytes / 1e6 / seconds, result);
    }

    @SuppressWarnings("SystemOut") // It is what this program is for.
    private static void say(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }

    private static long decode(ObjectDecoder decoder, byte[] object) throws IOException {
        Summing sink = new Summing();
        decoder.decode(new ByteArrayInputStream(object), Decoded.HOUR, sink);
        return sink.sum;
    }

    private static long digest(ObjectDecoder decoder, SourceTable table, byte[] object) throws IOException {
        RowDigest digest = RowDigest.of(table, java.util.List.of("id"));
        digest.object("events/datehour=2026-01-05-03/part-0.json", "etag");
        ContentSum sum = new ContentSum();
        decoder.decode(new ByteArrayInputStream(object), Decoded.HOUR, new RecordSink() {
            @Override
            public void row(long record, Row row) {
                digest.take(record, row);
                sum.add(digest.high(), digest.low());
            }

            @Override
            public void violation(Violation violation) {}
        });
        return sum.hashCode();
    }

    private static long inflate(byte[] zipped, int buffer) throws IOException {
        byte[] into = new byte[65536];
        long total = 0;
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped), buffer)) {
            int count = in.read(into);
            while (count >= 0) {
                total += count;
                count = in.read(into);
            }
        }
        return total;
    }

    private static final class Summing implements RecordSink {
        private long sum;

        @Override
        public void row(long record, Row row) {
            sum += row.textStart(0) + row.number(1) + row.textLength(2) + row.number(6);
        }

        @Override
        public void violation(Violation violation) {
            throw new AssertionError(violation.detail());
        }
    }

    static byte[] events(int size, Random random) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(size + 1000);
        while (out.size() < size) {
            out.write(event(random).getBytes(StandardCharsets.UTF_8));
            out.write('\n');
        }
        return out.toByteArray();
    }

    private static String event(Random random) {
        StringBuilder text = new StringBuilder();
        text.append("{\"id\":\"").append(uuid(random)).append("\",\"datetime\":\"2021-01-23 ");
        text.append(two(random.nextInt(24)))
                .append(':')
                .append(two(random.nextInt(60)))
                .append(':');
        text.append(two(random.nextInt(60))).append("\",\"domain\":\"www.domain-");
        text.append((char) ('A' + random.nextInt(6))).append(".eu\",\"type\":\"");
        text.append(TYPES[random.nextInt(TYPES.length)])
                .append("\",\"user\":{\"id\":\"")
                .append(uuid(random));
        text.append("\",\"country\":\"").append(COUNTRIES[random.nextInt(COUNTRIES.length)]);
        text.append("\",\"token\":\"{\\\"vendors\\\":{\\\"enabled\\\":[");
        text.append(random.nextInt(3) == 0 ? "\\\"Vendor" + random.nextInt(20) + "\\\"" : "");
        text.append("],\\\"disabled\\\":[]},\\\"purposes\\\":{\\\"enabled\\\":[");
        text.append(random.nextInt(3) == 0 ? "\\\"analytics\\\"" : "");
        return text.append("],\\\"disabled\\\":[]}}\"}}").toString();
    }

    private static String uuid(Random random) {
        return new java.util.UUID(random.nextLong(), random.nextLong()).toString();
    }

    private static String two(int value) {
        return value < 10 ? "0" + value : Integer.toString(value);
    }
}
