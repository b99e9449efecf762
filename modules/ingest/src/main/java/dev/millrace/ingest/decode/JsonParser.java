package dev.millrace.ingest.decode;

import java.util.Arrays;

/**
 * Reads one JSON value by RFC 8259, all of it, and notes where the members of a {@link JsonShape} stand. Bytes from 0x80
 * on are taken inside strings as they are. Members are expected in the order in which the values before had them, so
 * that most names cost one comparison.
 */
final class JsonParser {
    /** The bytes end before the value does. */
    static final int INCOMPLETE = -1;
    /** The value breaks a rule: see {@link #fault()} and {@link #faultAt()}. */
    static final int MALFORMED = -2;

    static final byte MISSING = 0;
    static final byte NULL = 1;
    static final byte FALSE = 2;
    static final byte TRUE = 3;
    static final byte WHOLE_NUMBER = 4;
    static final byte NUMBER = 5;
    static final byte STRING = 6;
    static final byte ESCAPED_STRING = 7;
    static final byte EMPTY_ARRAY = 8;
    static final byte ARRAY = 9;
    static final byte EMPTY_OBJECT = 10;
    static final byte OBJECT = 11;

    private static final int MAX_DEPTH = 256;
    private static final int UNBOUND = JsonShape.NONE;
    private static final int IN_ARRAY = -2;
    private static final long TRUE_WORD = 0x65757274L;
    private static final long FALSE_WORD = 0x65736c6166L;
    private static final long NULL_WORD = 0x6c6c756eL;
    private static final long FOUR = 0xffffffffL;
    private static final long FIVE = 0xffffffffffL;

    private final JsonShape shape;
    private final long[] words;
    private final long[] masks;
    private final byte[][] names;

    /** For each node: what stands there, and where; strings without their quotes, arrays only with their beginning. */
    final byte[] kinds;

    final int[] froms;
    final int[] tos;

    /** The child expected first in an object, and the one after a child. */
    private final int[] expectedFirst;

    private final int[] expectedNext;

    private final int[] containers = new int[MAX_DEPTH + 1];
    private final int[] lasts = new int[MAX_DEPTH + 1];
    private byte[] nameBytes = new byte[256];

    private int limit;
    private boolean escapes;
    private boolean fraction;
    private int nameEnd;
    private long high;
    private Fault fault = Fault.NO_VALUE;
    private int faultAt;

    JsonParser(JsonShape shape) {
        this.shape = shape;
        words = shape.words;
        masks = shape.masks;
        names = shape.names;
        kinds = new byte[shape.nodes()];
        froms = new int[shape.nodes()];
        tos = new int[shape.nodes()];
        expectedFirst = shape.firstChild.clone();
        expectedNext = shape.nextSibling.clone();
    }

    Fault fault() {
        return fault;
    }

    int faultAt() {
        return faultAt;
    }

    /** Forgets what stands at the nodes. */
    void clear() {
        Arrays.fill(kinds, MISSING);
        high = 0;
    }

    /** Whether a byte from 0x80 on may have been seen since {@link #clear()}; false only where there is none. */
    boolean mayHoldNonAscii() {
        return (high & Words.HIGHS) != 0;
    }

    /**
     * Reads the value that begins at {@code start}; {@code b[end]} must be 0. Returns the index after its last byte, or
     * {@link #INCOMPLETE} or {@link #MALFORMED}.
     */
    int parse(byte[] b, int start, int end, int root) {
        limit = end;
        int p = start;
        int depth = 0;
        int container = IN_ARRAY;
        int last = UNBOUND;
        int expected = UNBOUND;
        int target = root;
        while (true) {
            boolean inside = false;
            switch (b[p]) {
                case '"' -> {
                    int from = p + 1;
                    p = string(b, from);
                    if (p < 0) {
                        return p;
                    }
                    if (target >= 0) {
                        kinds[target] = escapes ? ESCAPED_STRING : STRING;
                        froms[target] = from;
                        tos[target] = p;
                    }
                    p++;
                }
                case '{' -> {
                    if (depth == MAX_DEPTH) {
                        return fail(Fault.NESTING, p);
                    }
                    p = space(b, p + 1);
                    if (b[p] == '}') {
                        if (target >= 0) {
                            kinds[target] = EMPTY_OBJECT;
                        }
                        p++;
                    } else {
                        if (target >= 0) {
                            kinds[target] = OBJECT;
                        }
                        containers[depth] = container;
                        lasts[depth] = target >= 0 ? target : last;
                        depth++;
                        container = target;
                        last = UNBOUND;
                        expected = target >= 0 ? expectedFirst[target] : UNBOUND;
                        inside = true;
                    }
                }
                case '[' -> {
                    if (depth == MAX_DEPTH) {
                        return fail(Fault.NESTING, p);
                    }
                    if (target >= 0) {
                        froms[target] = p;
                    }
                    p = space(b, p + 1);
                    if (b[p] == ']') {
                        if (target >= 0) {
                            kinds[target] = EMPTY_ARRAY;
                        }
                        p++;
                    } else {
                        if (target >= 0) {
                            kinds[target] = ARRAY;
                        }
                        containers[depth] = container;
                        lasts[depth] = target >= 0 ? target : last;
                        depth++;
                        container = IN_ARRAY;
                        target = UNBOUND;
                        continue;
                    }
                }
                case 't', 'f', 'n' -> {
                    p = literal(b, p, target);
                    if (p < 0) {
                        return p;
                    }
                }
                default -> {
                    int from = p;
                    p = number(b, p);
                    if (p < 0) {
                        return p;
                    }
                    if (target >= 0) {
                        kinds[target] = fraction ? NUMBER : WHOLE_NUMBER;
                        froms[target] = from;
                        tos[target] = p;
                    }
                }
            }
            if (!inside) {
                if (depth > 0 && container != IN_ARRAY && target >= 0) {
                    last = target;
                    expected = expectedNext[target];
                }
                while (true) {
                    if (depth == 0) {
                        return p;
                    }
                    int c = b[p];
                    if (c <= ' ') {
                        p = space(b, p);
                        c = b[p];
                    }
                    if (c == ',') {
                        p = space(b, p + 1);
                        break;
                    }
                    if (c != (container == IN_ARRAY ? ']' : '}')) {
                        return fail(Fault.NO_SEPARATOR, p);
                    }
                    p++;
                    depth--;
                    container = containers[depth];
                    last = lasts[depth];
                    if (container >= 0) {
                        expected = last >= 0 ? expectedNext[last] : expectedFirst[container];
                    }
                }
                if (container == IN_ARRAY) {
                    target = UNBOUND;
                    continue;
                }
            }
            if (b[p] != '"') {
                return fail(Fault.NO_NAME, p);
            }
            p++;
            if (expected >= 0 && isNamed(b, p, expected)) {
                target = expected;
                p += names[expected].length + 1;
            } else {
                target = name(b, p, container);
                p = nameEnd;
                if (p < 0) {
                    return p;
                }
                if (target >= 0) {
                    if (last >= 0) {
                        expectedNext[last] = target;
                    } else {
                        expectedFirst[container] = target;
                    }
                }
            }
            if (b[p] != ':') {
                p = space(b, p);
                if (b[p] != ':') {
                    return fail(Fault.NO_COLON, p);
                }
            }
            p++;
            if (b[p] <= ' ') {
                p = space(b, p);
            }
            if (target >= 0 && kinds[target] != MISSING) {
                Arrays.fill(kinds, target, shape.descendantsEnd[target], MISSING);
            }
        }
    }

    /** Answers as {@link #parse} does for a value that the caller will not have. */
    int refuse(Fault rule, int at) {
        fault = rule;
        faultAt = at;
        return MALFORMED;
    }

    /** Index of the first byte from p on that is no white space. */
    static int space(byte[] b, int from) {
        int p = from;
        while (b[p] == ' ' || b[p] == '\n' || b[p] == '\r' || b[p] == '\t') {
            p++;
        }
        return p;
    }

    /** Index of the first byte from p on that is neither white space nor the punctuation of an array. */
    static int between(byte[] b, int from) {
        int p = from;
        while (b[p] == '\n'
                || b[p] == ','
                || b[p] == ' '
                || b[p] == '\r'
                || b[p] == '\t'
                || b[p] == '['
                || b[p] == ']') {
            p++;
        }
        return p;
    }

    private int fail(Fault rule, int at) {
        fault = rule;
        faultAt = at;
        return at >= limit ? INCOMPLETE : MALFORMED;
    }

    private boolean isNamed(byte[] b, int p, int node) {
        if ((Words.at(b, p) & masks[node]) != words[node]) {
            return false;
        }
        byte[] name = names[node];
        for (int i = 8; i < name.length; i++) {
            if (b[p + i] != name[i]) {
                return false;
            }
        }
        return name.length < 8 || b[p + name.length] == '"';
    }

    /** Reads the name that begins at {@code from} and tells the child it names; {@code nameEnd} is after its quote. */
    private int name(byte[] b, int from, int container) {
        int to = string(b, from);
        nameEnd = to < 0 ? to : to + 1;
        if (to < 0 || container < 0) {
            return UNBOUND;
        }
        byte[] bytes = b;
        int start = from;
        int length = to - from;
        if (escapes) {
            if (nameBytes.length < length + Window.SLACK) {
                nameBytes = new byte[length + Window.SLACK];
            }
            bytes = nameBytes;
            start = 0;
            length = JsonStrings.unescape(b, from, to, nameBytes, 0);
        }
        for (int child = shape.firstChild[container]; child >= 0; child = shape.nextSibling[child]) {
            byte[] name = names[child];
            if (name.length == length && Arrays.equals(name, 0, length, bytes, start, start + length)) {
                return child;
            }
        }
        return UNBOUND;
    }

    /** Index of the quote that closes the string whose content begins at {@code from}, or a failure. */
    private int string(byte[] b, int from) {
        int p = from;
        long seen = 0;
        escapes = false;
        while (true) {
            long word = Words.at(b, p);
            long stops = Words.stringStops(word);
            seen |= word;
            if (stops == 0) {
                p += 8;
                continue;
            }
            p += Words.first(stops);
            int c = b[p];
            if (c == '"') {
                high |= seen;
                return p;
            }
            if (c != '\\') {
                return fail(Fault.CONTROL_BYTE, p);
            }
            escapes = true;
            int escaped = b[p + 1];
            if (escaped == '"' || escaped == '\\' || isShortEscape(escaped)) {
                p += 2;
            } else if (escaped == 'u') {
                for (int i = p + 2; i < p + 6; i++) {
                    if (JsonStrings.hex(b[i]) < 0) {
                        return fail(Fault.NO_ESCAPE, i);
                    }
                }
                p += 6;
            } else {
                return fail(Fault.NO_ESCAPE, p + 1);
            }
        }
    }

    private static boolean isShortEscape(int c) {
        return c == '/' || c == 'n' || c == 't' || c == 'r' || c == 'b' || c == 'f';
    }

    private int literal(byte[] b, int p, int target) {
        long word = Words.at(b, p);
        byte kind;
        int length;
        long letters;
        if (b[p] == 't') {
            kind = TRUE;
            length = 4;
            letters = TRUE_WORD;
        } else if (b[p] == 'f') {
            kind = FALSE;
            length = 5;
            letters = FALSE_WORD;
        } else {
            kind = NULL;
            length = 4;
            letters = NULL_WORD;
        }
        long difference = (word ^ letters) & (length == 4 ? FOUR : FIVE);
        if (difference != 0) {
            return fail(Fault.NO_VALUE, p + Words.first(difference));
        }
        if (target >= 0) {
            kinds[target] = kind;
        }
        return p + length;
    }

    private int number(byte[] b, int from) {
        int p = from;
        if (b[p] == '-') {
            p++;
            if (!digit(b[p])) {
                return fail(Fault.NO_NUMBER, p);
            }
        } else if (!digit(b[p])) {
            return fail(Fault.NO_VALUE, p);
        }
        fraction = false;
        if (b[p] == '0') {
            p++;
        } else {
            p = digits(b, p);
        }
        if (b[p] == '.') {
            fraction = true;
            p++;
            if (!digit(b[p])) {
                return fail(Fault.NO_NUMBER, p);
            }
            p = digits(b, p);
        }
        if ((b[p] | 0x20) == 'e') {
            fraction = true;
            p++;
            if (b[p] == '+' || b[p] == '-') {
                p++;
            }
            if (!digit(b[p])) {
                return fail(Fault.NO_NUMBER, p);
            }
            p = digits(b, p);
        }
        return p;
    }

    private static int digits(byte[] b, int from) {
        int p = from;
        while (digit(b[p])) {
            p++;
        }
        return p;
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }
}
