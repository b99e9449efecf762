package dev.millrace.ingest.decode;

import dev.millrace.contract.LandingHour;
import dev.millrace.contract.Mask;
import dev.millrace.ingest.mask.KeyedHash;
import dev.millrace.lake.Row;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The row that a decoder fills again and again. */
final class DecodedRow implements Row {
    private static final long MICROS_A_DAY = 86_400_000_000L;
    private static final byte[] NOTHING = {};
    private static final byte IN_RECORD = 0;
    private static final byte IN_WORK = 1;
    private static final byte IN_HOUR = 2;
    private static final byte IN_MASKS = 3;

    private final ColumnPlan[] plans;
    private final boolean[] nulls;
    private final long[] numbers;
    private final byte[] sources;
    private final int[] starts;
    private final int[] lengths;

    private final Optional<KeyedHash> hash;
    /** A place for what the mask of each column made, in their order. */
    private final byte[] masks;

    /** The bytes that hold the record. */
    private byte[] record = NOTHING;
    /** Texts without their escapes. The byte after the last one used is free. */
    private byte[] work = new byte[4096];

    private int used;
    private byte[] hour = NOTHING;
    private long hourMicros;

    /** @param hash makes what masked columns hold */
    DecodedRow(ColumnPlan[] plans, Optional<KeyedHash> hash) {
        this.plans = plans;
        this.hash = hash;
        masks = new byte[hash.isPresent() ? plans.length * Mask.HASH_LENGTH : 0];
        nulls = new boolean[plans.length];
        numbers = new long[plans.length];
        sources = new byte[plans.length];
        starts = new int[plans.length];
        lengths = new int[plans.length];
    }

    void landed(LandingHour landing) {
        hour = landing.dashed().getBytes(StandardCharsets.US_ASCII);
        hourMicros = landing.epochMicros();
    }

    void begin(byte[] bytes) {
        record = bytes;
        used = 0;
    }

    byte[] work() {
        return work;
    }

    int used() {
        return used;
    }

    /** Where a text of at most so many bytes may be written to; {@link #keep} says how long it became. */
    int room(int length) {
        if (work.length - used < length + Window.SLACK) {
            int larger = Math.max(used + length + Window.SLACK, Math.min(work.length * 2, work.length + (1 << 20)));
            work = Arrays.copyOf(work, larger);
        }
        return used;
    }

    /** Keeps what was written up to here, with a 0 after it. */
    void keep(int end) {
        work[end] = 0;
        used = end + 1;
    }

    @Override
    public boolean isNull(int column) {
        return nulls[column];
    }

    @Override
    public long number(int column) {
        return numbers[column];
    }

    @Override
    public byte[] textBytes(int column) {
        return switch (sources[column]) {
            case IN_RECORD -> record;
            case IN_WORK -> work;
            case IN_MASKS -> masks;
            default -> hour;
        };
    }

    @Override
    public int textStart(int column) {
        return starts[column];
    }

    @Override
    public int textLength(int column) {
        return lengths[column];
    }

    @Nullable
    Fault setNull(int column) {
        nulls[column] = true;
        ColumnPlan plan = plans[column];
        if (plan.required) {
            return Fault.NULL;
        }
        return plan.eventTime ? Fault.NULL_EVENT_TIME : null;
    }

    @Nullable
    Fault setLandingHour(int column) {
        nulls[column] = false;
        if (plans[column].type == ColumnPlan.TIMESTAMP) {
            numbers[column] = hourMicros;
            return null;
        }
        sources[column] = IN_HOUR;
        starts[column] = 0;
        lengths[column] = hour.length;
        return hour.length > plans[column].maxLength ? Fault.TEXT_LENGTH : null;
    }

    private @Nullable Fault set(int column, long number) {
        nulls[column] = false;
        numbers[column] = number;
        return null;
    }

    /** Sets a column to a JSON value; its bytes are the record's or, within a text, the work's. */
    @Nullable
    Fault setJson(int column, byte kind, boolean within, int from, int to) {
        ColumnPlan plan = plans[column];
        if (plan.nonEmpty) {
            return setNonEmpty(column, kind, from, to);
        }
        if (kind <= JsonParser.NULL) {
            return setNull(column);
        }
        byte[] bytes = within ? work : record;
        switch (plan.type) {
            case ColumnPlan.TEXT -> {
                if (kind == JsonParser.STRING) {
                    return setText(column, within ? IN_WORK : IN_RECORD, bytes, from, to);
                }
                if (kind != JsonParser.ESCAPED_STRING) {
                    return Fault.NOT_TEXT;
                }
                int start = unescape(within, from, to);
                return Utf8.hasNul(work, start, used - 1)
                        ? Fault.HAS_NUL
                        : setText(column, IN_WORK, work, start, used - 1);
            }
            case ColumnPlan.BOOLEAN -> {
                if (kind != JsonParser.TRUE && kind != JsonParser.FALSE) {
                    return Fault.NOT_BOOLEAN;
                }
                return set(column, kind == JsonParser.TRUE ? 1 : 0);
            }
            case ColumnPlan.INT32, ColumnPlan.INT64 -> {
                if (plan.version) {
                    return setVersion(column, kind, within, from, to);
                }
                return kind == JsonParser.WHOLE_NUMBER ? setWhole(column, bytes, from, to) : Fault.NOT_WHOLE;
            }
            case ColumnPlan.DECIMAL, ColumnPlan.FLOAT64 -> {
                if (kind != JsonParser.WHOLE_NUMBER && kind != JsonParser.NUMBER) {
                    return Fault.NOT_NUMBER;
                }
                return plan.type == ColumnPlan.DECIMAL
                        ? setDecimal(column, bytes, from, to)
                        : setDouble(column, bytes, from, to);
            }
            default -> {
                int start = from;
                int end = to;
                if (kind == JsonParser.ESCAPED_STRING) {
                    start = unescape(within, from, to);
                    end = used - 1;
                    bytes = work;
                } else if (kind != JsonParser.STRING) {
                    boolean number = kind == JsonParser.WHOLE_NUMBER || kind == JsonParser.NUMBER;
                    if (!number || !plan.takesNumbers) {
                        return Fault.NOT_TIME;
                    }
                    return kind == JsonParser.NUMBER ? Fault.NO_FORMAT : setEpoch(column, bytes, from, to);
                }
                return setTime(column, bytes, start, end, false);
            }
        }
    }

    /** Takes the escapes of a sound string away; tells where its text begins, which ends before {@code used - 1}. */
    private int unescape(boolean within, int from, int to) {
        int start = room(to - from);
        keep(JsonStrings.unescape(within ? work : record, from, to, work, start));
        return start;
    }

    private @Nullable Fault setNonEmpty(int column, byte kind, int from, int to) {
        return switch (kind) {
            case JsonParser.MISSING, JsonParser.NULL, JsonParser.EMPTY_ARRAY, JsonParser.EMPTY_OBJECT -> set(column, 0);
            case JsonParser.ARRAY, JsonParser.OBJECT -> set(column, 1);
            case JsonParser.STRING, JsonParser.ESCAPED_STRING -> set(column, to > from ? 1 : 0);
            default -> Fault.NO_CONTENT;
        };
    }

    /** Sets a column to a CSV field of the record, or of the work where it had doubled quotes. */
    @Nullable
    Fault setCsv(int column, boolean inWork, int from, int to) {
        byte[] b = inWork ? work : record;
        if (isBlank(b, from, to)) {
            return setNull(column);
        }
        switch (plans[column].type) {
            case ColumnPlan.TEXT -> {
                return Utf8.hasNul(b, from, to)
                        ? Fault.HAS_NUL
                        : setText(column, inWork ? IN_WORK : IN_RECORD, b, from, to);
            }
            case ColumnPlan.BOOLEAN -> {
                int value = truth(b, from, to);
                return value < 0 ? Fault.NOT_BOOLEAN : set(column, value);
            }
            case ColumnPlan.INT32, ColumnPlan.INT64 -> {
                return Numbers.kind(b, from, to) == JsonParser.WHOLE_NUMBER
                        ? setWhole(column, b, from, to)
                        : Fault.NOT_WHOLE;
            }
            case ColumnPlan.DECIMAL -> {
                return Numbers.kind(b, from, to) == JsonParser.MISSING
                        ? Fault.NOT_NUMBER
                        : setDecimal(column, b, from, to);
            }
            case ColumnPlan.FLOAT64 -> {
                return Numbers.kind(b, from, to) == JsonParser.MISSING
                        ? Fault.NOT_NUMBER
                        : setDouble(column, b, from, to);
            }
            default -> {
                return setTime(column, b, from, to, true);
            }
        }
    }

    private static boolean isBlank(byte[] b, int from, int to) {
        for (int p = from; p < to; p++) {
            if (b[p] != ' ' && b[p] != '\t') {
                return false;
            }
        }
        return true;
    }

    private static int truth(byte[] b, int from, int to) {
        return switch (to - from) {
            case 1 ->
                switch (b[from]) {
                    case 't', 'T', '1' -> 1;
                    case 'f', 'F', '0' -> 0;
                    default -> -1;
                };
            case 4 -> isWord(b, from, "true") ? 1 : -1;
            case 5 -> isWord(b, from, "false") ? 0 : -1;
            default -> -1;
        };
    }

    private static boolean isWord(byte[] b, int from, String word) {
        for (int i = 0; i < word.length(); i++) {
            if (b[from + i] != word.charAt(i) && b[from + i] != word.charAt(i) - 0x20) {
                return false;
            }
        }
        return true;
    }

    private @Nullable Fault setText(int column, byte source, byte[] b, int from, int to) {
        int most = plans[column].maxLength;
        if (to - from > most && Utf8.codePoints(b, from, to) > most) {
            return Fault.TEXT_LENGTH;
        }
        nulls[column] = false;
        if (plans[column].masked) {
            setMasked(column, b, from, to);
            return null;
        }
        sources[column] = source;
        starts[column] = from;
        lengths[column] = to - from;
        return null;
    }

    private void setMasked(int column, byte[] b, int from, int to) {
        sources[column] = IN_MASKS;
        starts[column] = column * Mask.HASH_LENGTH;
        lengths[column] = Mask.HASH_LENGTH;
        hash.orElseThrow().write(b, from, to - from, masks, starts[column]);
    }

    private @Nullable Fault setWhole(int column, byte[] b, int from, int to) {
        if (!Numbers.fits(b, from, to)) {
            return Fault.INTEGER_RANGE;
        }
        long value = Numbers.whole(b, from, to);
        return plans[column].type == ColumnPlan.INT32 && value != (int) value
                ? Fault.INTEGER_RANGE
                : set(column, value);
    }

    private @Nullable Fault setDecimal(int column, byte[] b, int from, int to) {
        ColumnPlan plan = plans[column];
        long value = Numbers.decimal(b, from, to, plan.precision, plan.scale);
        return value == Numbers.NO_DECIMAL ? Fault.DECIMAL_RANGE : set(column, value);
    }

    private @Nullable Fault setDouble(int column, byte[] b, int from, int to) {
        double value = Numbers.nearest(b, from, to);
        return Double.isInfinite(value) ? Fault.DOUBLE_RANGE : set(column, Double.doubleToRawLongBits(value));
    }

    private @Nullable Fault setVersion(int column, byte kind, boolean within, int from, int to) {
        byte[] b = within ? work : record;
        int start = from;
        int end = to;
        if (kind == JsonParser.ESCAPED_STRING) {
            start = unescape(within, from, to);
            end = used - 1;
            b = work;
        } else if (kind != JsonParser.STRING) {
            return Fault.NOT_TEXT;
        }
        long value = Numbers.version(b, start, end);
        if (value == Numbers.NO_VERSION) {
            return Fault.NOT_VERSION;
        }
        boolean past = value == Numbers.VERSION_TOO_LARGE
                || plans[column].type == ColumnPlan.INT32 && value > Integer.MAX_VALUE;
        return past ? Fault.VERSION_RANGE : set(column, value);
    }

    private @Nullable Fault setTime(int column, byte[] b, int from, int to, boolean numbersAsText) {
        if (plans[column].formats.length == 0) {
            long day = Times.isoDay(b, from, to);
            return day == Times.NO_FIT ? Fault.NO_FORMAT : day == Times.NO_SUCH ? Fault.NO_SUCH_TIME : set(column, day);
        }
        for (ColumnPlan.Format format : plans[column].formats) {
            long time = Times.NO_FIT;
            if (format instanceof ColumnPlan.Format.Iso) {
                time = Times.iso(b, from, to);
            } else if (format instanceof ColumnPlan.Format.Letters letters) {
                time = letters.pattern().parse(b, from, to);
            } else if (numbersAsText
                    && format instanceof ColumnPlan.Format.Epoch epoch
                    && Numbers.kind(b, from, to) == JsonParser.WHOLE_NUMBER) {
                time = Times.epoch(b, from, to, epoch.unit());
            }
            if (time != Times.NO_FIT) {
                return setTime(column, time);
            }
        }
        return Fault.NO_FORMAT;
    }

    private @Nullable Fault setEpoch(int column, byte[] b, int from, int to) {
        for (ColumnPlan.Format format : plans[column].formats) {
            if (format instanceof ColumnPlan.Format.Epoch epoch) {
                return setTime(column, Times.epoch(b, from, to, epoch.unit()));
            }
        }
        return Fault.NO_FORMAT;
    }

    private @Nullable Fault setTime(int column, long value) {
        if (value == Times.NO_FIT) {
            return Fault.NO_FORMAT;
        }
        if (value == Times.NO_SUCH) {
            return Fault.NO_SUCH_TIME;
        }
        return set(column, plans[column].type == ColumnPlan.DATE ? Math.floorDiv(value, MICROS_A_DAY) : value);
    }
}
