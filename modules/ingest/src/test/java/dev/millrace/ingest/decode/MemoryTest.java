package dev.millrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.SourceTable;
import dev.millrace.lake.Row;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Long objects and records, two at a time, in a process with a heap of 256 MiB. */
class MemoryTest {
    @Test
    void twoDecodersHoldNoMoreThanARecordEachHoweverLongTheObject() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(said.lines())
                .containsOnlyOnce(
                        "unterminated: 0 rows, 1 too-long of 100000009 bytes",
                        "no line feed: 3195266 rows",
                        "longest: 3 rows",
                        "malformed: 0 rows, 1 too-long of 300000001 bytes");
        assertThat(child.exitValue()).isZero();
    }

    /** What runs in the small process. */
    public static final class Child {
        private Child() {}

        @SuppressWarnings("SystemOut") // The parent reads it.
        public static void main(String... args) throws InterruptedException {
            String event = "{\"id\":\"1c269ade-0000-4000-8000-000000000000\",\"x\":\"" + "x".repeat(260) + "\"}";
            String longest = "{\"id\":\"" + "é".repeat((16 << 20) / 2 - 5) + "\"}";
            List<Thread> threads = new ArrayList<>();
            threads.add(new Thread(() -> {
                System.out.println("no line feed: " + tell(new Repeated("", event, 3_195_266)));
                System.out.println("longest: " + tell(new Repeated("", longest, 3)));
            }));
            threads.add(new Thread(() -> {
                System.out.println("unterminated: " + tell(new Repeated("{\"id\":\"12", "0123456789", 10_000_000)));
                System.out.println("malformed: " + tell(new Repeated("x", "0123456789", 30_000_000)));
            }));
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }

        private static String tell(InputStream object) {
            SourceTable table = TestTable.json().with("id", TestTable.TEXT).table();
            Counting counting = new Counting();
            try {
                ObjectDecoder.of(table).decode(object, Decoded.HOUR, counting);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return counting.rows + " rows" + counting.violations;
        }
    }

    private static final class Counting implements RecordSink {
        private long rows;
        private String violations = "";

        @Override
        public void row(long record, Row row) {
            rows++;
        }

        @Override
        public void violation(Violation violation) {
            violations += ", 1 " + violation.reason().label() + " of " + violation.bytes() + " bytes";
        }
    }

    /** A beginning and then the same text again and again. */
    private static final class Repeated extends InputStream {
        private final byte[] text;
        private final long end;
        private final byte[] beginning;
        private long position;

        private Repeated(String beginning, String text, int times) {
            this.beginning = Decoded.bytes(beginning);
            this.text = Decoded.bytes(text);
            end = this.beginning.length + (long) times * this.text.length;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("bytes are read in portions");
        }

        @Override
        public int read(byte[] into, int at, int length) {
            if (position == end) {
                return -1;
            }
            byte[] from = position < beginning.length ? beginning : text;
            int skipped =
                    position < beginning.length ? (int) position : (int) ((position - beginning.length) % text.length);
            int count = Math.min(length, from.length - skipped);
            System.arraycopy(from, skipped, into, at, count);
            position += count;
            return count;
        }
    }
}
