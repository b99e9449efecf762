package dev.millrace.load.warehouse;

import dev.millrace.contract.FieldType;
import dev.millrace.lake.read.Vector;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bytes in which Postgres sends and receives a value of each type. Numbers come as in
 * {@link dev.millrace.lake.Row#number}.
 */
enum Wire {
    TEXT,
    BOOLEAN,
    INT4,
    INT8,
    NUMERIC,
    FLOAT8,
    DATE,
    TIMESTAMPTZ;

    /** Enough bytes for any value other than a text: a numeric takes eight and two for each of its groups of digits. */
    static final int MOST = 8 + 2 * 11;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Postgres counts from 2000. */
    private static final int EPOCH_DAYS = 10_957;

    private static final long EPOCH_MICROS = EPOCH_DAYS * 86_400_000_000L;
    private static final long NEGATIVE_ZERO = Double.doubleToRawLongBits(-0.0);
    private static final long NOT_A_NUMBER = Double.doubleToLongBits(Double.NaN);
    private static final long[] TENS = new long[19];

    static {
        TENS[0] = 1;
        for (int i = 1; i < TENS.length; i++) {
            TENS[i] = TENS[i - 1] * 10;
        }
    }

    static Wire of(FieldType type) {
        if (type instanceof FieldType.Text) {
            return TEXT;
        } else if (type instanceof FieldType.Bool) {
            return BOOLEAN;
        } else if (type instanceof FieldType.Int32) {
            return INT4;
        } else if (type instanceof FieldType.Int64) {
            return INT8;
        } else if (type instanceof FieldType.Decimal) {
            return NUMERIC;
        } else if (type instanceof FieldType.Float64) {
            return FLOAT8;
        } else if (type instanceof FieldType.Date) {
            return DATE;
        } else {
            return TIMESTAMPTZ;
        }
    }

    static int scale(FieldType type) {
        return type instanceof FieldType.Decimal decimal ? decimal.scale() : 0;
    }

    static void putShort(byte[] into, int at, int value) {
        SHORT.set(into, at, (short) value);
    }

    static void putInt(byte[] into, int at, int value) {
        INT.set(into, at, value);
    }

    /** A double's bits with one zero and one not-a-number. */
    static long canonical(long bits) {
        if (bits == NEGATIVE_ZERO) {
            return 0;
        }
        return Double.isNaN(Double.longBitsToDouble(bits)) ? NOT_A_NUMBER : bits;
    }

    /** Writes a value that is no text, and tells how many bytes it took. */
    int put(Vector column, int row, int scale, byte[] into, int at) {
        long number = column.number(row);
        switch (this) {
            case BOOLEAN -> {
                into[at] = (byte) number;
                return 1;
            }
            case INT4 -> {
                INT.set(into, at, (int) number);
                return 4;
            }
            case INT8 -> {
                LONG.set(into, at, number);
                return 8;
            }
            case FLOAT8 -> {
                LONG.set(into, at, canonical(number));
                return 8;
            }
            case DATE -> {
                INT.set(into, at, (int) number - EPOCH_DAYS);
                return 4;
            }
            case TIMESTAMPTZ -> {
                LONG.set(into, at, number - EPOCH_MICROS);
                return 8;
            }
            case NUMERIC -> {
                return putNumeric(number, scale, into, at);
            }
            case TEXT -> throw new IllegalArgumentException("a text is copied as it is");
        }
        throw new IllegalStateException();
    }

    /**
     * Number of digit groups, weight of the first, sign, scale, then groups of four decimal digits aligned to the point,
     * without groups of zeros at either end.
     */
    private static int putNumeric(long unscaled, int scale, byte[] into, int at) {
        long magnitude = Math.abs(unscaled);
        long whole = magnitude / TENS[scale];
        long fraction = magnitude % TENS[scale];
        int wholeGroups = 0;
        for (long rest = whole; rest != 0; rest /= 10_000) {
            wholeGroups++;
        }
        int digits = at + 8;
        long rest = whole;
        for (int group = wholeGroups - 1; group >= 0; group--) {
            SHORT.set(into, digits + 2 * group, (short) (rest % 10_000));
            rest /= 10_000;
        }
        int groups = wholeGroups;
        for (int shown = 0; shown < scale; shown += 4) {
            int below = scale - shown - 4;
            long group = below >= 0 ? fraction / TENS[below] % 10_000 : fraction % TENS[scale - shown] * TENS[-below];
            SHORT.set(into, digits + 2 * groups, (short) group);
            groups++;
        }
        int first = wholeGroups == 0 ? leadingZeros(into, digits, groups) : 0;
        while (groups > first && (short) SHORT.get(into, digits + 2 * (groups - 1)) == 0) {
            groups--;
        }
        int count = groups - first;
        if (first > 0) {
            System.arraycopy(into, digits + 2 * first, into, digits, 2 * count);
        }
        SHORT.set(into, at, (short) count);
        SHORT.set(into, at + 2, (short) (count == 0 ? 0 : wholeGroups - 1 - first));
        SHORT.set(into, at + 4, (short) (unscaled < 0 ? 0x4000 : 0));
        SHORT.set(into, at + 6, (short) scale);
        return 8 + 2 * count;
    }

    private static int leadingZeros(byte[] into, int digits, int groups) {
        int first = 0;
        while (first < groups && (short) SHORT.get(into, digits + 2 * first) == 0) {
            first++;
        }
        return first;
    }
}
