package dev.millrace.transform.model;

import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;

/** Which casts keep every value. */
final class Lossless {
    private Lossless() {}

    static boolean cast(DataType from, DataType to) {
        if (from.equals(to) || from instanceof NullType) {
            return true;
        }
        if (from instanceof StringType && to instanceof StringType) {
            return true;
        }
        int digits = integerDigits(from);
        if (to.equals(DataTypes.LongType)) {
            return digits > 0;
        }
        if (to.equals(DataTypes.IntegerType)) {
            return from instanceof ByteType || from instanceof ShortType;
        }
        if (to.equals(DataTypes.DoubleType)) {
            return from instanceof FloatType || (digits > 0 && digits <= 10);
        }
        if (to instanceof DecimalType wide) {
            if (from instanceof DecimalType narrow) {
                return narrow.scale() <= wide.scale()
                        && narrow.precision() - narrow.scale() <= wide.precision() - wide.scale();
            }
            return digits > 0 && digits <= wide.precision() - wide.scale();
        }
        return false;
    }

    private static int integerDigits(DataType type) {
        if (type instanceof ByteType) {
            return 3;
        }
        if (type instanceof ShortType) {
            return 5;
        }
        if (type instanceof IntegerType) {
            return 10;
        }
        return type instanceof LongType ? 19 : 0;
    }
}
