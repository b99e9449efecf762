package dev.millrace.load.warehouse;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.lake.read.SplitReader;
import dev.millrace.lake.read.Vector;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The reference: the sum of the first 60 bits of every row's md5, taken of its canonical text. A value's text is preceded by
 * its length in bytes and a colon, so that no two rows have the same text; a null is a minus sign. Texts are themselves,
 * times microseconds and dates days since 1970, decimals stand at their scale, booleans are t and f, doubles the hex of their
 * bits.
 */
final class Md5Rows implements RowChecksum {
    private final List<Column> columns;
    private final MessageDigest md5;
    private BigInteger sum = BigInteger.ZERO;

    Md5Rows(List<Column> columns) {
        this.columns = columns;
        try {
            this.md5 = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void add(SplitReader batch) {
        for (int row = 0; row < batch.rows(); row++) {
            for (int i = 0; i < columns.size(); i++) {
                add(batch.column(i), row, columns.get(i).type());
            }
            sum = sum.add(BigInteger.valueOf(ByteBuffer.wrap(md5.digest()).getLong() >>> 4));
        }
    }

    private void add(Vector column, int row, FieldType type) {
        if (column.isNull(row)) {
            md5.update((byte) '-');
        } else if (type instanceof FieldType.Text) {
            md5.update((column.length(row) + ":").getBytes(StandardCharsets.US_ASCII));
            md5.update(column.bytes(), column.start(row), column.length(row));
        } else {
            String text = text(column.number(row), type);
            md5.update((text.length() + ":" + text).getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static String text(long number, FieldType type) {
        if (type instanceof FieldType.Bool) {
            return number == 1 ? "t" : "f";
        } else if (type instanceof FieldType.Decimal decimal) {
            return BigDecimal.valueOf(number, decimal.scale()).toPlainString();
        } else if (type instanceof FieldType.Float64) {
            return HexFormat.of().toHexDigits(Wire.canonical(number));
        } else {
            return Long.toString(number);
        }
    }

    @Override
    public BigInteger sum() {
        return sum;
    }
}
