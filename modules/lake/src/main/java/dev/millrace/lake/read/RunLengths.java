package dev.millrace.lake.read;

import java.util.Arrays;

/** Parquet's hybrid of runs and packed bits: definition levels and positions in a dictionary. */
final class RunLengths {
    private final byte[] bytes;
    private final int end;
    private final int width;
    private int at;
    private int runLeft;
    private int runValue;
    private int packedLeft;
    private long bitAt;

    RunLengths(byte[] bytes, int start, int end, int width) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
        this.width = width;
    }

    void read(int[] into, int count) {
        int done = 0;
        while (done < count) {
            if (runLeft > 0) {
                int some = Math.min(runLeft, count - done);
                Arrays.fill(into, done, done + some, runValue);
                runLeft -= some;
                done += some;
            } else if (packedLeft > 0) {
                int some = Math.min(packedLeft, count - done);
                unpack(into, done, some);
                packedLeft -= some;
                done += some;
            } else {
                nextRun();
            }
        }
    }

    private void nextRun() {
        if (at >= end && width > 0) {
            throw new IllegalStateException("a page ends within its levels");
        }
        if (width == 0) {
            runLeft = Integer.MAX_VALUE;
            runValue = 0;
            return;
        }
        int header = varint();
        if ((header & 1) == 0) {
            runLeft = header >>> 1;
            runValue = 0;
            for (int shift = 0; shift < width; shift += 8) {
                runValue |= (bytes[at++] & 0xff) << shift;
            }
        } else {
            packedLeft = (header >>> 1) * 8;
            bitAt = (long) at * 8;
            at += (header >>> 1) * width;
        }
    }

    private int varint() {
        int value = 0;
        int shift = 0;
        while (true) {
            int next = bytes[at++];
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
            shift += 7;
        }
    }

    private void unpack(int[] into, int from, int count) {
        int mask = width == 32 ? -1 : (1 << width) - 1;
        long bit = bitAt;
        for (int i = from; i < from + count; i++) {
            int first = (int) (bit >>> 3);
            long word = 0;
            int last = Math.min((int) ((bit + width - 1) >>> 3), bytes.length - 1);
            for (int b = last; b >= first; b--) {
                word = word << 8 | (bytes[b] & 0xff);
            }
            into[i] = (int) (word >>> (bit & 7)) & mask;
            bit += width;
        }
        bitAt = bit;
    }
}
