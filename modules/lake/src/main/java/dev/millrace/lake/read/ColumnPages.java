package dev.millrace.lake.read;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one column of a row group into a vector. Plain and dictionary pages, which is what Iceberg and Spark write, are
 * decoded here in bulk and without an object per value; any other encoding through Parquet's own reader.
 */
final class ColumnPages {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ColumnDescriptor descriptor;
    private final PrimitiveTypeName type;
    private final PageReader reader;
    private final Vector vector;
    private final boolean nullable;
    private final int[] levels = new int[SplitReader.BATCH_ROWS];
    private final int[] positions = new int[SplitReader.BATCH_ROWS];

    private long[] dictionaryNumbers = new long[0];
    private int[] dictionaryStarts = new int[0];
    private int[] dictionaryLengths = new int[0];
    private byte[] dictionaryBytes = new byte[0];

    private int left;
    private byte[] page = new byte[0];
    private int at;
    private int booleanBit;
    private @Nullable RunLengths definitions;
    private @Nullable RunLengths dictionaryPositions;
    private @Nullable ValuesReader unusual;

    ColumnPages(ColumnDescriptor descriptor, PageReader reader, Vector vector) {
        this.descriptor = descriptor;
        this.type = descriptor.getPrimitiveType().getPrimitiveTypeName();
        this.reader = reader;
        this.vector = vector;
        this.nullable = descriptor.getMaxDefinitionLevel() > 0;
        if (descriptor.getMaxRepetitionLevel() > 0
                || descriptor.getMaxDefinitionLevel() > 1
                || vector.text != (type == PrimitiveTypeName.BINARY)) {
            throw new IllegalStateException("column " + descriptor + " is not of a kind that Millrace writes");
        }
        DictionaryPage dictionary = reader.readDictionaryPage();
        if (dictionary != null) {
            readDictionary(dictionary);
        }
    }

    /** How many rows of the current page are left; the next page is read where there are none. */
    int left() {
        while (left == 0) {
            DataPage next = reader.readPage();
            if (next == null) {
                throw new IllegalStateException("column " + descriptor + " ends before its row group");
            }
            open(next);
        }
        return left;
    }

    void decode(int rows) {
        int present = rows;
        vector.hasNulls = false;
        if (definitions != null) {
            definitions.read(levels, rows);
            present = 0;
            for (int i = 0; i < rows; i++) {
                vector.nulls[i] = levels[i] == 0;
                present += levels[i];
            }
            vector.hasNulls = present < rows;
        }
        if (vector.text) {
            decodeTexts(present);
        } else {
            decodeNumbers(present);
        }
        if (vector.hasNulls) {
            spread(rows, present);
        }
        left -= rows;
    }

    /** Values stand close together in a page; this moves them to their rows, from the end so that none is overwritten. */
    private void spread(int rows, int present) {
        int from = present;
        for (int row = rows - 1; row >= 0 && from <= row; row--) {
            if (!vector.nulls[row]) {
                from--;
                if (vector.text) {
                    vector.starts[row] = vector.starts[from];
                    vector.lengths[row] = vector.lengths[from];
                } else {
                    vector.numbers[row] = vector.numbers[from];
                }
            }
        }
    }

    private void decodeNumbers(int count) {
        long[] numbers = vector.numbers;
        if (unusual != null) {
            for (int i = 0; i < count; i++) {
                numbers[i] = number(unusual);
            }
        } else if (dictionaryPositions != null) {
            dictionaryPositions.read(positions, count);
            for (int i = 0; i < count; i++) {
                numbers[i] = dictionaryNumbers[positions[i]];
            }
        } else {
            plainNumbers(numbers, count);
        }
    }

    private void plainNumbers(long[] numbers, int count) {
        switch (type) {
            case INT32 -> {
                for (int i = 0; i < count; i++, at += 4) {
                    numbers[i] = (int) INT.get(page, at);
                }
            }
            case INT64, DOUBLE -> {
                for (int i = 0; i < count; i++, at += 8) {
                    numbers[i] = (long) LONG.get(page, at);
                }
            }
            case BOOLEAN -> {
                for (int i = 0; i < count; i++) {
                    numbers[i] = page[at] >> booleanBit & 1;
                    booleanBit++;
                    if (booleanBit == 8) {
                        booleanBit = 0;
                        at++;
                    }
                }
            }
            default ->
                throw new IllegalStateException("column " + descriptor + " is of a type Millrace does not write");
        }
    }

    private void decodeTexts(int count) {
        if (unusual != null) {
            unusualTexts(unusual, count);
        } else if (dictionaryPositions != null) {
            vector.bytes = dictionaryBytes;
            dictionaryPositions.read(positions, count);
            for (int i = 0; i < count; i++) {
                vector.starts[i] = dictionaryStarts[positions[i]];
                vector.lengths[i] = dictionaryLengths[positions[i]];
            }
        } else {
            vector.bytes = page;
            for (int i = 0; i < count; i++) {
                int length = (int) INT.get(page, at);
                vector.starts[i] = at + 4;
                vector.lengths[i] = length;
                at += 4 + length;
            }
        }
    }

    private void unusualTexts(ValuesReader values, int count) {
        byte[] bytes = new byte[count * 32];
        int end = 0;
        for (int i = 0; i < count; i++) {
            Binary value = values.readBytes();
            byte[] text = value.getBytesUnsafe();
            if (end + text.length > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, end + text.length));
            }
            System.arraycopy(text, 0, bytes, end, text.length);
            vector.starts[i] = end;
            vector.lengths[i] = text.length;
            end += text.length;
        }
        vector.bytes = bytes;
    }

    private long number(ValuesReader values) {
        return switch (type) {
            case INT32 -> values.readInteger();
            case INT64 -> values.readLong();
            case DOUBLE -> Double.doubleToRawLongBits(values.readDouble());
            case BOOLEAN -> values.readBoolean() ? 1 : 0;
            default ->
                throw new IllegalStateException("column " + descriptor + " is of a type Millrace does not write");
        };
    }

    private void open(DataPage next) {
        left = next.getValueCount();
        next.accept(new DataPage.Visitor<@Nullable Void>() {
            @Override
            public @Nullable Void visit(DataPageV1 data) {
                page = bytes(data.getBytes());
                int values = 0;
                if (nullable) {
                    int length = (int) INT.get(page, 0);
                    definitions = new RunLengths(page, 4, 4 + length, 1);
                    values = 4 + length;
                }
                openValues(data.getValueEncoding(), values);
                return null;
            }

            @Override
            public @Nullable Void visit(DataPageV2 data) {
                if (nullable) {
                    byte[] levelBytes = bytes(data.getDefinitionLevels());
                    definitions = new RunLengths(levelBytes, 0, levelBytes.length, 1);
                }
                page = bytes(data.getData());
                openValues(data.getDataEncoding(), 0);
                return null;
            }
        });
    }

    private void openValues(Encoding encoding, int start) {
        at = start;
        booleanBit = 0;
        dictionaryPositions = null;
        unusual = null;
        if (encoding.usesDictionary()) {
            int width = start < page.length ? page[start] : 0;
            dictionaryPositions = new RunLengths(page, start + 1, page.length, width);
        } else if (encoding != Encoding.PLAIN) {
            unusual = encoding.getValuesReader(descriptor, ValuesType.VALUES);
            try {
                unusual.initFromPage(
                        left, ByteBufferInputStream.wrap(ByteBuffer.wrap(page, start, page.length - start)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void readDictionary(DictionaryPage dictionary) {
        byte[] bytes = bytes(dictionary.getBytes());
        int size = dictionary.getDictionarySize();
        int from = 0;
        if (vector.text) {
            dictionaryBytes = bytes;
            dictionaryStarts = new int[size];
            dictionaryLengths = new int[size];
            for (int i = 0; i < size; i++) {
                int length = (int) INT.get(bytes, from);
                dictionaryStarts[i] = from + 4;
                dictionaryLengths[i] = length;
                from += 4 + length;
            }
        } else {
            dictionaryNumbers = new long[size];
            int width = type == PrimitiveTypeName.INT32 ? 4 : 8;
            for (int i = 0; i < size; i++, from += width) {
                dictionaryNumbers[i] = width == 4 ? (int) INT.get(bytes, from) : (long) LONG.get(bytes, from);
            }
        }
    }

    private static byte[] bytes(BytesInput input) {
        try {
            ByteBuffer buffer = input.toInputStream().slice(Math.toIntExact(input.size()));
            if (buffer.hasArray() && buffer.arrayOffset() == 0 && buffer.array().length == buffer.limit()) {
                return buffer.array();
            }
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
