package dev.millrace.ingest.mask;

import dev.millrace.contract.Mask;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256 under one key, for one thread. Whoever changes its output raises the mask's output version. */
public final class KeyedHash {
    static final String ALGORITHM = "HmacSHA256";
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    /** What stands in the quarantine before the hash that a payload was replaced with. */
    private static final String PAYLOAD = "hmac-sha256:";

    private final Mac mac;

    KeyedHash(SecretKeySpec key) {
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    byte[] digest(byte[] text) {
        return mac.doFinal(text);
    }

    /** Writes the hash of a text as {@value Mask#HASH_LENGTH} hexadecimal digits. */
    public void write(byte[] bytes, int from, int length, byte[] into, int at) {
        mac.update(bytes, from, length);
        byte[] digest = mac.doFinal();
        for (int i = 0; i < digest.length; i++) {
            into[at + 2 * i] = DIGITS[digest[i] >> 4 & 15];
            into[at + 2 * i + 1] = DIGITS[digest[i] & 15];
        }
    }

    /** What the quarantine holds in place of a payload: equal for equal ones. An empty one, and a hash, stay as they are. */
    public byte[] ofPayload(byte[] payload) {
        boolean isHash = payload.length == PAYLOAD.length() + Mask.HASH_LENGTH
                && new String(payload, StandardCharsets.ISO_8859_1).startsWith(PAYLOAD);
        return payload.length == 0 || isHash
                ? payload
                : (PAYLOAD + HexFormat.of().formatHex(digest(payload))).getBytes(StandardCharsets.US_ASCII);
    }
}
