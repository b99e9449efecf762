package dev.millrace.ingest.mask;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.environment.Secret;
import org.junit.jupiter.api.Test;

class KeyedHashTest {
    private static final HashKey KEY = HashKey.of(Secret.of("Jefe"));

    /** The second test case of RFC 4231. */
    @Test
    void isTheHmacOfTheStandard() {
        byte[] text = "[what do ya want for nothing?]".getBytes(UTF_8);
        byte[] into = new byte[66];
        KEY.hasher().write(text, 1, text.length - 2, into, 1);

        assertThat(new String(into, 1, 64, UTF_8))
                .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assertThat(into).startsWith((byte) 0).endsWith((byte) 0);
    }

    @Test
    void tellsOneKeyFromAnotherWithoutTellingIt() {
        assertThat(KEY.id()).isEqualTo(HashKey.of(Secret.of("Jefe")).id()).hasSize(16);
        assertThat(KEY.id()).isNotEqualTo(HashKey.of(Secret.of("jefe")).id()).doesNotContain("efe");
    }

    @Test
    void replacesAPayloadOnceAndForAll() {
        KeyedHash hash = KEY.hasher();
        byte[] replaced = hash.ofPayload("{\"ip\":\"10.0.0.1\"}".getBytes(UTF_8));

        assertThat(new String(replaced, UTF_8)).matches("hmac-sha256:[0-9a-f]{64}");
        assertThat(hash.ofPayload(replaced)).isEqualTo(replaced);
        assertThat(hash.ofPayload(new byte[0])).isEmpty();
    }
}
