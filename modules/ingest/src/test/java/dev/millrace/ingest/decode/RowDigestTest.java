package dev.millrace.ingest.decode;

import static dev.millrace.ingest.decode.TestTable.BIGINT;
import static dev.millrace.ingest.decode.TestTable.TEXT;
import static dev.millrace.ingest.decode.TestTable.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.SourceTable;
import dev.millrace.lake.Row;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowDigestTest {
    private static final SourceTable TABLE =
            json().with("a", TEXT).with("b", TEXT).with("n", BIGINT).table();

    private record Digests(long high, long low, long key) {}

    private static List<Digests> digests(String object, String etag, String json) {
        RowDigest digest = RowDigest.of(TABLE, List.of("a"));
        digest.object(object, etag);
        List<Digests> digests = new ArrayList<>();
        try {
            ObjectDecoder.of(TABLE)
                    .decode(new ByteArrayInputStream(Decoded.bytes(json)), Decoded.HOUR, new RecordSink() {
                        @Override
                        public void row(long record, Row row) {
                            digest.take(record, row);
                            digests.add(new Digests(digest.high(), digest.low(), digest.key()));
                        }

                        @Override
                        public void violation(Violation violation) {
                            throw new AssertionError(violation.detail());
                        }
                    });
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return digests;
    }

    @Test
    void anyDifferenceInARowOrItsOriginChangesTheDigest() {
        List<Digests> all = new ArrayList<>();
        for (String row : List.of(
                "{}",
                "{\"a\":\"\"}",
                "{\"b\":\"\"}",
                "{\"a\":\"x\"}",
                "{\"b\":\"x\"}",
                "{\"n\":0}",
                "{\"n\":1}",
                "{\"a\":\"x\",\"b\":\"y\"}",
                "{\"a\":\"y\",\"b\":\"x\"}",
                "{\"a\":\"xy\",\"b\":\"\"}")) {
            all.addAll(digests("o", "e", row));
            all.addAll(digests("o", "f", row));
            all.addAll(digests("p", "e", row));
            all.add(digests("o", "e", "{}" + row).get(1));
        }
        assertThat(all).extracting(Digests::high).doesNotHaveDuplicates();
        assertThat(all).extracting(Digests::low).doesNotHaveDuplicates();
    }

    @Test
    void theSameRowHasTheSameDigestsHoweverItIsWritten() {
        assertThat(digests("o", "e", "{\"a\":\"\\u00e9\",\"n\":1}"))
                .isEqualTo(digests("o", "e", "{\"n\":1,\"a\":\"é\"}"));
    }

    @Test
    void theKeysDigestIsOfTheKeyAlone() {
        assertThat(digests("o", "e", "{\"a\":\"k\",\"n\":1}{\"a\":\"l\",\"n\":1}")
                        .get(0)
                        .key())
                .isEqualTo(
                        digests("p", "f", "{\"b\":\"x\"}{\"a\":\"k\"}").get(1).key())
                .isNotEqualTo(digests("o", "e", "{\"a\":\"l\",\"n\":1}").get(0).key());
    }

    @Test
    void digestsStayTheSameForEver() {
        assertThat(digests("events/1", "abc", "{\"a\":\"k\",\"n\":-5}"))
                .containsExactly(new Digests(-5721624176044078531L, -1900910844442381687L, 3634091197196295566L));
    }

    @Test
    void sumsDoNotDependOnOrderOrPortions() {
        ContentSum all = new ContentSum();
        ContentSum some = new ContentSum();
        ContentSum others = new ContentSum();
        for (long i = 0; i < 1000; i++) {
            long high = i * 0x9e3779b97f4a7c15L;
            long low = ~i * 0xc2b2ae3d27d4eb4fL;
            all.add(high, low);
            (i % 3 == 0 ? some : others).add(high, low);
        }
        assertThat(others.plus(some))
                .isEqualTo(some.plus(others))
                .isEqualTo(all)
                .hasSameHashCodeAs(all);
        assertThat(ContentSum.of(all.toHex())).isEqualTo(all);
    }

    @Test
    void sumsCarryFromTheLowerHalfAndWrapAround() {
        ContentSum sum = ContentSum.of("ffffffffffffffffffffffffffffffff");
        sum.add(0, 2);
        assertThat(sum.toHex()).isEqualTo("00000000000000000000000000000001");
        sum.add(0, -1);
        assertThat(sum.toHex()).isEqualTo("00000000000000010000000000000000");
        assertThatThrownBy(() -> ContentSum.of("12")).isInstanceOf(IllegalArgumentException.class);
    }
}
