package dev.millrace.local.sample;

/**
 * Numbers that depend on nothing but where they are drawn: the same place gives the same numbers, in whatever order and by
 * however many threads places are visited. (SplitMix64.)
 */
final class Draw {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long state;

    private Draw(long state) {
        this.state = state;
    }

    static Draw at(long seed, long hour, long index) {
        return new Draw(mixed(mixed(mixed(seed) + hour) + index));
    }

    private static long mixed(long value) {
        long z = value + GOLDEN;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    long next() {
        long drawn = mixed(state);
        state += GOLDEN;
        return drawn;
    }

    /** From 0 to bound - 1. */
    int below(int bound) {
        return (int) (((next() >>> 32) * bound) >>> 32);
    }

    boolean oneIn(int many) {
        return below(many) == 0;
    }
}
