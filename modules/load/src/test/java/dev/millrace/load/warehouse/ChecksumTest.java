package dev.millrace.load.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.ExitCode;
import dev.millrace.load.Mill;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Both sides of every checksum, and what is stored, on random values of every type. */
final class ChecksumTest {
    private static final int ROWS = 20_000;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final Mill mill = new Mill();

    private @Nullable Object[] row(long record) {
        return new @Nullable Object[] {
            text(40),
            maybe(() -> Instant.ofEpochSecond(
                            random.nextLong(-62_000_000_000L, 253_000_000_000L), random.nextInt(1_000_000) * 1_000L)
                    .atOffset(ZoneOffset.UTC)),
            maybe(() -> random.nextInt() >> random.nextInt(32)),
            maybe(() -> random.nextLong() >> random.nextInt(64)),
            maybe(() -> BigDecimal.valueOf(random.nextLong() % 1_000_000_000_000_000_000L >> random.nextInt(60), 3)),
            maybe(this::number),
            maybe(() -> LocalDate.ofEpochDay(random.nextInt(-700_000, 2_900_000))),
            maybe(random::nextBoolean),
            maybe(() -> text(3_000)),
            text(30),
            "etag",
            record
        };
    }

    private @Nullable Object maybe(Supplier<Object> value) {
        return random.nextInt(5) == 0 ? null : value.get();
    }

    private double number() {
        return switch (random.nextInt(6)) {
            case 0 -> -0.0;
            case 1 -> Double.NaN;
            case 2 -> Double.MIN_VALUE * random.nextInt(5);
            case 3 -> Double.NEGATIVE_INFINITY;
            default -> Double.longBitsToDouble(random.nextLong());
        };
    }

    private String text(int most) {
        int length = random.nextInt(4) == 0 ? random.nextInt(most + 1) : random.nextInt(12);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(
                    switch (random.nextInt(8)) {
                        case 0 -> 0x1f600 + random.nextInt(40);
                        case 1 -> 0x430 + random.nextInt(32);
                        case 2 -> 1 + random.nextInt(31);
                        default -> ' ' + random.nextInt(95);
                    });
        }
        return text.toString();
    }

    @Test
    void lakeAndWarehouseAgreeOnRandomValuesOfEveryType() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            rows.add(row(i));
        }
        mill.publish(Map.of("2026-01-05", rows));

        assertThat(mill.load().exitCode()).as("seed " + seed).isEqualTo(ExitCode.DONE);

        for (ChecksumKind kind : ChecksumKind.values()) {
            assertThat(mill.audit(kind).findings())
                    .as("seed " + seed + ", " + kind)
                    .isEmpty();
        }
        // The encoder serves both the copy and the fast checksum, so what is stored is compared with what was meant,
        // too.
        List<String> stored = mill.query(
                "select id, (extract(epoch from at) * 1000000)::bigint, small, big, amount, encode(float8send(ratio), 'hex'),"
                        + " day - date '1970-01-01', flag, note, _object, _record from millrace.visits order by _record");
        for (int i = 0; i < ROWS; i++) {
            assertThat(stored.get(i)).as("seed " + seed).isEqualTo(expected(rows.get(i)));
        }
    }

    private static String expected(@Nullable Object[] row) {
        List<String> texts = new ArrayList<>();
        for (int i : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11}) {
            texts.add(expected(row[i]));
        }
        return String.join("|", texts);
    }

    private static String expected(@Nullable Object value) {
        if (value == null) {
            return "-";
        } else if (value instanceof OffsetDateTime time) {
            return BigInteger.valueOf(time.toEpochSecond())
                    .multiply(BigInteger.valueOf(1_000_000))
                    .add(BigInteger.valueOf(time.getNano() / 1_000))
                    .toString();
        } else if (value instanceof LocalDate day) {
            return Long.toString(day.toEpochDay());
        } else if (value instanceof Boolean flag) {
            return flag ? "t" : "f";
        } else if (value instanceof Double number) {
            return HexFormat.of().toHexDigits(Double.doubleToLongBits(number == 0 ? 0.0 : number));
        }
        return value.toString();
    }
}
