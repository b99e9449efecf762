package dev.millrace.ingest.decode;

import dev.millrace.contract.SourceTable.Routing;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Tells by their keys which of the tables that share an object its records belong to. */
final class KeyRoute {
    /** Whose a record is. */
    enum Owner {
        THIS,
        OTHER,
        NONE
    }

    private final byte[] own;
    private final List<byte[]> others;
    private final boolean takesTheRest;
    private byte[] unescaped = new byte[256];

    KeyRoute(Routing routing) {
        own = routing.keyPrefix().getBytes(StandardCharsets.UTF_8);
        others = routing.others().stream()
                .map(prefix -> prefix.getBytes(StandardCharsets.UTF_8))
                .toList();
        takesTheRest = routing.takesTheRest();
    }

    boolean takesTheRest() {
        return takesTheRest;
    }

    /**
     * Whose the well-formed object is that begins here: the first of its own keys that begins with a known prefix decides.
     * What belongs to none is another table's where this one does not take the rest.
     */
    Owner owner(byte[] b, int start) {
        int p = JsonParser.space(b, start + 1);
        while (b[p] == '"') {
            int end = stringEnd(b, p);
            Owner owner = ofKey(b, p + 1, end);
            if (owner != Owner.NONE) {
                return owner;
            }
            p = JsonParser.space(b, end + 1);
            p = JsonParser.space(b, end(b, JsonParser.space(b, p + 1)));
            if (b[p] != ',') {
                break;
            }
            p = JsonParser.space(b, p + 1);
        }
        return takesTheRest ? Owner.NONE : Owner.OTHER;
    }

    private Owner ofKey(byte[] b, int from, int to) {
        byte[] key = b;
        int start = from;
        int end = to;
        for (int p = from; p < to; p++) {
            if (b[p] == '\\') {
                if (unescaped.length < to - from + Window.SLACK) {
                    unescaped = new byte[to - from + Window.SLACK];
                }
                key = unescaped;
                start = 0;
                end = JsonStrings.unescape(b, from, to, unescaped, 0);
                break;
            }
        }
        if (begins(key, start, end, own)) {
            return Owner.THIS;
        }
        for (byte[] other : others) {
            if (begins(key, start, end, other)) {
                return Owner.OTHER;
            }
        }
        return Owner.NONE;
    }

    /** Never of a key with half a surrogate, which ends before it begins. */
    private static boolean begins(byte[] key, int from, int to, byte[] prefix) {
        if (to - from < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (key[from + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /** Where the closing quote of the string stands that begins here. */
    private static int stringEnd(byte[] b, int quote) {
        int p = quote + 1;
        while (b[p] != '"') {
            p += b[p] == '\\' ? 2 : 1;
        }
        return p;
    }

    /** One past the last byte of the well-formed value that begins here. */
    static int end(byte[] b, int from) {
        if (b[from] == '"') {
            return stringEnd(b, from) + 1;
        }
        int depth = 0;
        int p = from;
        while (true) {
            switch (b[p]) {
                case '"' -> p = stringEnd(b, p);
                case '{', '[' -> depth++;
                case '}', ']' -> {
                    depth--;
                    if (depth <= 0) {
                        return depth == 0 ? p + 1 : p;
                    }
                }
                case ',', ' ', '\n', '\r', '\t' -> {
                    if (depth == 0) {
                        return p;
                    }
                }
                default -> {
                    // Part of a number or word.
                }
            }
            p++;
        }
    }
}
