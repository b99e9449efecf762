package dev.millrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.SourceTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Mutated records give the same values or the same refusal as the plain reading of the rules over Jackson. */
class JsonFuzzTest {
    private static final int CASES = 250_000;

    private static final List<String> RECORDS = List.of(
            "{\"id\":\"1\",\"at\":\"2021-01-23 10:23:51\",\"n\":12,\"d\":1.250,\"f\":-1.5e-3,\"ok\":true,\"user\":{\"country\":\"FR\","
                    + "\"token\":\"{\\\"purposes\\\":{\\\"enabled\\\":[1]},\\\"v\\\":\\\"x\\\"}\"}}",
            "{\"user\":{\"token\":\"{\\\"v\\\":\\\"\\\\u00e9\\\\\\\\\\\",\\\"purposes\\\":{\\\"enabled\\\":{}}}\",\"country\":\"é€\"},\"id\":\"a\\nb\"}",
            "{ \"id\" : \"x\" , \"other\" : [ 1 , { \"id\" : null } , [ ] , { } , \"\\ud83d\\ude00\" ] }",
            "{\"id\":\"\\ud83d\\ude00\",\"f\":1e308,\"d\":999999.999,\"n\":-9223372036854775808,\"ok\":null}",
            "{\"n\":0,\"n\":7,\"user\":{\"country\":\"DE\"},\"user\":{},\"id\":\"z\",\"at\":\"2024-02-29T23:59:59.999999+05:30\"}",
            "{\"id\":\"q\",\"f\":0.30000000000000004,\"d\":-0.0,\"at\":\"2024-02-29\",\"user\":{\"token\":null}}",
            "{\"id\":\"long enough for more than one word of eight bytes\",\"a longer name than most\":false}");

    private static final List<String> PIECES = List.of(
            "\"",
            "\\",
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "}{",
            "},{",
            "[{",
            "}]",
            ",\n",
            "\n",
            " ",
            "\t",
            "\r\n",
            "\0",
            "\u0001",
            "\u001f",
            "\u007f",
            "null",
            "true",
            "false",
            "nul",
            "-",
            "0",
            "00",
            "1e",
            "e5",
            "E+",
            ".",
            "1.0",
            "-0",
            "1e400",
            "1e-400",
            "123456789012345678901234567890",
            "9223372036854775808",
            "4.35",
            "0.1e1",
            "5e-324",
            "2.2250738585072011e-308",
            "1e99999999999",
            "\\u0000",
            "\\u00",
            "\\ud800",
            "\\udc00",
            "\\ud83d\\ude00",
            "\\\\",
            "\\\"",
            "\\/",
            "\\x",
            "\\n",
            "\"id\":",
            "\"\\u0069d\":\"e\",",
            "\"user\":{},",
            "\"user\":",
            "\"id\":\"2\"",
            "\"at\":\"2023-02-29\"",
            "{\"id\":\"3\"}",
            "\u00ff",
            "\u00c3\u00a9",
            "\u00c0\u0080",
            "\u00ed\u00a0\u0080",
            "\u00f0\u009f\u0098\u0080",
            "\u00ef\u00bb\u00bf",
            "[[[[",
            "{\"a\":",
            "2",
            ":60",
            "T24:00",
            "+18:01",
            "Z",
            " UTC",
            "\\\"v\\\":1",
            "{}",
            "\\\"enabled\\\":[]",
            "aaaaaaaaaaaaaaaaaaaaaaaa");

    @Test
    void mutatedRecordsAgreeWithTheOracle() throws InterruptedException {
        long seed = Long.getLong("millrace.seed", 20260105L);
        // On threads of their own, whose short stacks make the oracle's many exceptions cheap.
        List<Run> runs = List.of(new Run(seed, CASES / 2), new Run(seed + CASES / 2, CASES / 2));
        runs.forEach(Thread::start);
        for (Run run : runs) {
            run.join();
        }
        assertThat(runs).allSatisfy(run -> assertThat(run.differences).isEmpty());
        assertThat(runs).allSatisfy(run -> assertThat(run.clean).isBetween(CASES / 20, CASES * 9 / 20));
    }

    private static final class Run extends Thread {
        private final SourceTable table = JsonOracle.TABLE.table();
        private final ObjectDecoder whole = ObjectDecoder.of(table);
        private final ObjectDecoder portions = ObjectDecoder.of(table, 24);
        private final SourceTable messageTable = JsonOracle.MESSAGES.table();
        private final ObjectDecoder messages = ObjectDecoder.of(messageTable);
        private final List<String> differences = new ArrayList<>();
        private final long seed;
        private final int cases;
        private int clean;

        private Run(long seed, int cases) {
            this.seed = seed;
            this.cases = cases;
        }

        @Override
        public void run() {
            for (int i = 0; i < cases && differences.isEmpty(); i++) {
                byte[] object = mutated(new Random(seed + i));
                List<String> expected = JsonOracle.records(object);
                compare(whole, table, seed + i, object, expected);
                if (i % 8 == 0) {
                    compare(portions, table, seed + i, object, expected);
                }
                if (i % 4 == 0) {
                    byte[] message = message(object, new Random(seed + i));
                    compare(messages, messageTable, seed + i, message, JsonOracle.records(message, true));
                }
                clean += expected.stream().anyMatch(record -> record.startsWith("[")) ? 1 : 0;
            }
        }

        private void compare(
                ObjectDecoder decoder, SourceTable of, long caseSeed, byte[] object, List<String> expected) {
            List<String> decoded =
                    Decoded.of(decoder, of, new ByteArrayInputStream(object)).records();
            if (!decoded.equals(expected)) {
                String text = new String(object, StandardCharsets.ISO_8859_1);
                differences.add("-Dmillrace.seed=" + caseSeed + " of " + text + ": " + decoded + " not " + expected);
            }
        }
    }

    private static byte[] mutated(Random random) {
        byte[] object = record(random);
        while (random.nextInt(6) == 0 && object.length < 2 * JsonOracle.LONGEST) {
            object = spliced(object, object.length, record(random));
        }
        for (int left = random.nextInt(5); left > 0; left--) {
            object = mutation(object, random);
        }
        return object;
    }

    /** A message whose body is the object's text, or nearly so. */
    private static byte[] message(byte[] object, Random random) {
        StringBuilder body = new StringBuilder();
        for (byte each : object) {
            int c = each & 0xff;
            if (c < ' ' || c == '"' || c == '\\' || c > 0x7f && random.nextInt(4) == 0) {
                body.append(String.format("\\u%04x", c));
            } else {
                body.append((char) c);
            }
        }
        String meta = random.nextInt(4) == 0 ? "" : "\"id\":\"m\",\"meta\":{\"sentAt\":1},";
        byte[] message = ("{" + meta + "\"body\":\"" + body + "\"}").getBytes(StandardCharsets.ISO_8859_1);
        return random.nextInt(3) == 0 ? mutation(message, random) : message;
    }

    private static byte[] mutation(byte[] object, Random random) {
        int at = random.nextInt(object.length + 1);
        int to = Math.min(object.length, at + random.nextInt(12));
        switch (random.nextInt(6)) {
            case 0 -> {
                byte[] flipped = object.clone();
                if (at < flipped.length) {
                    flipped[at] ^= (byte) (1 << random.nextInt(8));
                }
                return flipped;
            }
            case 1 -> {
                return spliced(Arrays.copyOf(object, at), at, Arrays.copyOfRange(object, to, object.length));
            }
            case 2 -> {
                return spliced(object, at, Arrays.copyOfRange(object, at, to));
            }
            case 3 -> {
                byte[] other = record(random);
                int from = random.nextInt(other.length);
                return spliced(
                        object, at, Arrays.copyOfRange(other, from, Math.min(other.length, from + random.nextInt(40))));
            }
            default -> {
                String piece = PIECES.get(random.nextInt(PIECES.size()));
                List<Integer> places = new ArrayList<>(List.of(at));
                for (int p = 0; p < object.length; p++) {
                    if (object[p] == ':' || object[p] == ',') {
                        places.add(p + 1);
                    }
                }
                int place = places.get(random.nextInt(places.size()));
                return spliced(object, place, piece.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
    }

    private static byte[] record(Random random) {
        return RECORDS.get(random.nextInt(RECORDS.size())).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] spliced(byte[] object, int at, byte[] piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(object, 0, at);
        out.writeBytes(piece);
        out.write(object, at, object.length - at);
        return out.toByteArray();
    }
}
