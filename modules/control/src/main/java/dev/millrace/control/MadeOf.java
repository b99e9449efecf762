package dev.millrace.control;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a partition was made of, by name: the digest of these parts is its stamp. A part's name begins with its kind
 * ({@code settings}, {@code object}, {@code hour}, {@code keys}, {@code sql}, {@code input}), so that a change can say what
 * changed.
 */
public record MadeOf(SortedMap<String, String> parts) {
    public MadeOf {
        parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
    }

    public static MadeOf of(Map<String, String> parts) {
        return new MadeOf(new TreeMap<>(parts));
    }

    public String stamp() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            parts.forEach((name, value) -> {
                byte[] line = (name.length() + ":" + name + "=" + value.length() + ":" + value + "\n")
                        .getBytes(StandardCharsets.UTF_8);
                digest.update(line);
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
