package dev.millrace.ingest.decode;

import dev.millrace.contract.FieldType;
import dev.millrace.contract.Origin;
import dev.millrace.contract.SourceColumn;
import dev.millrace.contract.SourceTable;
import dev.millrace.contract.TimeFormat;
import java.util.ArrayList;
import java.util.List;

/** What the decoding of one column needs to know, in plain fields. */
final class ColumnPlan {
    static final int TEXT = 0;
    static final int BOOLEAN = 1;
    static final int INT32 = 2;
    static final int INT64 = 3;
    static final int DECIMAL = 4;
    static final int FLOAT64 = 5;
    static final int DATE = 6;
    static final int TIMESTAMP = 7;

    /** Stands for a value past all limits. */
    private static final int UNLIMITED = Integer.MAX_VALUE;

    final int type;
    final int maxLength;
    final int precision;
    final int scale;
    final boolean required;
    final boolean eventTime;
    final boolean landingHour;
    final boolean nonEmpty;
    final boolean version;
    final boolean masked;
    final String place;
    final Format[] formats;
    final boolean takesNumbers;

    /** A time format made ready: exactly one of the three. */
    sealed interface Format {
        record Iso() implements Format {}

        record Epoch(long unit) implements Format {}

        record Letters(TimePattern pattern) implements Format {}
    }

    private ColumnPlan(SourceColumn column, SourceTable table) {
        FieldType field = column.type();
        int width = UNLIMITED;
        int digits = 0;
        int fraction = 0;
        if (field instanceof FieldType.Text text) {
            type = TEXT;
            width = text.maxLength().orElse(UNLIMITED);
        } else if (field instanceof FieldType.Decimal decimal) {
            type = DECIMAL;
            digits = decimal.precision();
            fraction = decimal.scale();
        } else {
            type = simple(field);
        }
        maxLength = width;
        precision = digits;
        scale = fraction;
        eventTime = !table.eventTime().fallsBackToLandingHour()
                && table.eventTime().column().filter(column.name()::equals).isPresent();
        required = column.column().required();
        landingHour = column.origin() instanceof Origin.LandingHour;
        nonEmpty = column.origin() instanceof Origin.Member member && member.take() == Origin.Take.NON_EMPTY;
        version = column.origin() instanceof Origin.Member member && member.take() == Origin.Take.VERSION;
        masked = column.mask().isPresent();
        place = column.origin().place();
        formats = column.timeFormats().stream().map(ColumnPlan::format).toArray(Format[]::new);
        takesNumbers = column.timeFormats().stream().anyMatch(format -> format instanceof TimeFormat.Epoch);
        if (landingHour && type != TEXT && type != TIMESTAMP) {
            throw new IllegalArgumentException(
                    "column " + column.name() + ": a landing hour is a text or a timestamptz");
        }
        if (version && type != INT32 && type != INT64) {
            throw new IllegalArgumentException("column " + column.name() + ": a version is an integer or bigint");
        }
        if (masked && type != TEXT) {
            throw new IllegalArgumentException("column " + column.name() + ": only a text is masked");
        }
        if (nonEmpty && type != BOOLEAN) {
            throw new IllegalArgumentException("column " + column.name() + ": whether there is something is a boolean");
        }
    }

    private static int simple(FieldType field) {
        if (field instanceof FieldType.Bool) {
            return BOOLEAN;
        } else if (field instanceof FieldType.Int32) {
            return INT32;
        } else if (field instanceof FieldType.Int64) {
            return INT64;
        } else if (field instanceof FieldType.Float64) {
            return FLOAT64;
        } else if (field instanceof FieldType.Date) {
            return DATE;
        } else if (field instanceof FieldType.Timestamp) {
            return TIMESTAMP;
        }
        throw new IllegalArgumentException("no decoding for " + field.sql());
    }

    private static Format format(TimeFormat format) {
        if (format instanceof TimeFormat.Epoch epoch) {
            return new Format.Epoch(epoch.unit().micros());
        } else if (format instanceof TimeFormat.Pattern pattern) {
            return new Format.Letters(TimePattern.of(pattern));
        }
        return new Format.Iso();
    }

    /** One for each column, in the contract's order. */
    static ColumnPlan[] of(SourceTable table) {
        List<ColumnPlan> plans = new ArrayList<>();
        for (SourceColumn column : table.sourceColumns()) {
            plans.add(new ColumnPlan(column, table));
        }
        return plans.toArray(ColumnPlan[]::new);
    }
}
