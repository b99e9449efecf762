package dev.millrace.orc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.lake.ObjectSource;
import dev.millrace.lake.read.FileRows;
import dev.millrace.lake.read.RowText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrcRowsTest {
    /** Longer than any of these files takes, on any machine. */
    private static final Duration ENDLESS = Duration.ofMinutes(1);

    private static final Path LANDED =
            Path.of("..", "..", "acceptance", "cases", "orc", "landed", "rides", "2026", "01", "05", "03");

    @Test
    void writesTheFieldsThatAreAskedForInTheFilesOrder() throws IOException {
        Read read = read(file("00-00-a.orc"), Set.of("tags", "rider", "price", "day", "lacking"));
        assertThat(read.damage()).isFalse();
        assertThat(read.rows().subList(0, 3))
                .containsExactly(
                        "{\"price\":12.5,\"day\":\"2026-01-05\",\"rider\":{\"id\":\"r1\",\"age\":5},\"tags\":[\"a\"]}",
                        "{\"price\":-0.01,\"day\":\"2026-01-05\",\"rider\":null,\"tags\":[]}",
                        "{\"price\":null,\"day\":null,\"rider\":{\"id\":null,\"age\":1},\"tags\":null}");
    }

    @Test
    void givesTheRowsOfStripesBeforeTheDamagedOne() throws IOException {
        Read read = read(file("35-00-stripes"), Set.of("id"));
        assertThat(read.rows()).containsExactly("{\"id\":1000}", "{\"id\":1001}", "{\"id\":1002}");
        assertThat(read.damage()).isTrue();
    }

    @Test
    void isDamagedWhereverItIsCutOff() throws IOException {
        byte[] whole = file("00-00-a.orc");
        for (int length = 0; length < whole.length; length += 7) {
            assertThat(read(Arrays.copyOf(whole, length), Set.of("id")).damage())
                    .as("%d bytes", length)
                    .isTrue();
        }
    }

    /** The library by itself goes round for ever in some of these. */
    @ParameterizedTest
    @ValueSource(strings = {"00-00-a.orc", "05-00-b", "10-00-c", "15-00-d"})
    void takesAnyChangeOfItsBytesForNothingWorseThanDamage(String name) throws IOException {
        byte[] whole = file(name);
        Set<String> all = Set.of("id", "at", "city", "price", "distance", "day", "rider", "tags", "attributes");
        int damaged = 0;
        for (int at = 0; at < whole.length; at++) {
            for (int mask : new int[] {0xff, 0x01, 0x80}) {
                byte[] changed = whole.clone();
                changed[at] ^= (byte) mask;
                boolean isDamaged = assertTimeoutPreemptively(
                        ENDLESS, () -> read(changed, all).damage());
                damaged += isDamaged ? 1 : 0;
            }
        }
        assertThat(damaged).isPositive();
    }

    @Test
    void givesNoRowOfAStripeWhoseIntegersLeadOutOfTheirStream() throws IOException {
        byte[] plain = file("35-00-stripes");
        Read read = assertTimeoutPreemptively(ENDLESS, () -> read(plain, Set.of("id", "city")));
        assertThat(read.rows()).hasSize(3);
        assertThat(read.damage()).isTrue();
    }

    @Test
    void takesAStoreThatFailsForNoDamage() {
        ObjectSource failing = new ObjectSource() {
            @Override
            public long size() {
                return 1000;
            }

            @Override
            public InputStream whole() {
                return from(0);
            }

            @Override
            public InputStream from(long position) {
                throw new JobException(ExitCode.TEMPORARY, "the store is away");
            }
        };
        FileRows rows = new OrcFormat().rows(failing, Set.of("id"));
        assertThatThrownBy(() -> rows.next(new RowText())).hasMessage("the store is away");
    }

    private record Read(List<String> rows, boolean damage) {}

    private static Read read(byte[] file, Set<String> fields) throws IOException {
        List<String> found = new ArrayList<>();
        RowText text = new RowText();
        try (FileRows rows = new OrcFormat().rows(new Bytes(file), fields)) {
            while (rows.next(text)) {
                found.add(new String(text.bytes(), 0, text.length(), StandardCharsets.UTF_8));
            }
            return new Read(found, rows.damage().isPresent());
        }
    }

    private static byte[] file(String name) throws IOException {
        return Files.readAllBytes(LANDED.resolve("rides-1-2026-01-05-03-" + name));
    }

    private static final class Bytes implements ObjectSource {
        private final byte[] bytes;

        private Bytes(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public InputStream whole() {
            return from(0);
        }

        @Override
        public InputStream from(long position) {
            return new ByteArrayInputStream(bytes, (int) position, bytes.length - (int) position);
        }
    }
}
