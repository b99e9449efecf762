package dev.millrace.lake;

import org.jspecify.annotations.Nullable;

/** A row with an object for each value: a text's bytes, else a {@link Long} of its 64 bits. */
final class BoxedRow implements Row {
    private final @Nullable Object[] values;

    BoxedRow(@Nullable Object[] values) {
        this.values = values;
    }

    @Override
    public boolean isNull(int column) {
        return values[column] == null;
    }

    @Override
    public long number(int column) {
        return (Long) present(column);
    }

    @Override
    public byte[] textBytes(int column) {
        return (byte[]) present(column);
    }

    @Override
    public int textStart(int column) {
        return 0;
    }

    @Override
    public int textLength(int column) {
        return textBytes(column).length;
    }

    private Object present(int column) {
        Object value = values[column];
        if (value == null) {
            throw new IllegalStateException("column " + column + " is null");
        }
        return value;
    }
}
