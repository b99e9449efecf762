package dev.millrace.contract;

import java.util.OptionalInt;

/** What a column holds. The set is closed: whoever adds a type adds its canonical text, its codec and its DDL. */
public sealed interface FieldType {

    /** The type as a contract and as Postgres write it. */
    String sql();

    record Text(OptionalInt maxLength) implements FieldType {
        public Text {
            if (maxLength.isPresent() && maxLength.getAsInt() < 1) {
                throw new IllegalArgumentException("a text of at most " + maxLength.getAsInt() + " characters");
            }
        }

        @Override
        public String sql() {
            return maxLength.isPresent() ? "varchar(" + maxLength.getAsInt() + ")" : "text";
        }
    }

    record Bool() implements FieldType {
        @Override
        public String sql() {
            return "boolean";
        }
    }

    /** 32 bits, signed. */
    record Int32() implements FieldType {
        @Override
        public String sql() {
            return "integer";
        }
    }

    /** 64 bits, signed. */
    record Int64() implements FieldType {
        @Override
        public String sql() {
            return "bigint";
        }
    }

    /** An exact number of at most 18 digits, so that its unscaled value fits into 64 bits. */
    record Decimal(int precision, int scale) implements FieldType {
        public static final int MAX_PRECISION = 18;

        public Decimal {
            if (precision < 1 || precision > MAX_PRECISION || scale < 0 || scale > precision) {
                throw new IllegalArgumentException("numeric(" + precision + "," + scale + ")");
            }
        }

        @Override
        public String sql() {
            return "numeric(" + precision + "," + scale + ")";
        }
    }

    record Float64() implements FieldType {
        @Override
        public String sql() {
            return "double precision";
        }
    }

    record Date() implements FieldType {
        @Override
        public String sql() {
            return "date";
        }
    }

    /** A point in time, microseconds since 1970 in UTC. */
    record Timestamp() implements FieldType {
        @Override
        public String sql() {
            return "timestamptz";
        }
    }
}
