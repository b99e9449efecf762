package dev.millrace.transform.stale;

import dev.millrace.contract.ModelTable.Reach;
import dev.millrace.contract.Period;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Which periods of an input a model's period reads. An input is cut at its own periods: one that overlaps is read whole. */
public final class Reading {
    private static final LocalDateTime FIRST = LocalDateTime.of(1, 1, 1, 0, 0);
    private static final LocalDateTime LAST = LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000);

    private Reading() {}

    /** A stretch of time, from inclusive, to exclusive. */
    public record Span(LocalDateTime from, LocalDateTime to) {
        boolean overlaps(Span other) {
            return from.isBefore(other.to) && other.from.isBefore(to);
        }
    }

    /** An undivided table's one period spans all time. */
    public static Span span(Period period, String key) {
        return period == Period.NONE ? new Span(FIRST, LAST) : new Span(period.start(key), period.end(key));
    }

    static Span reached(Span span, Reach reach) {
        if (reach instanceof Reach.Days days) {
            return new Span(minusDays(span.from(), days.before()), span.to().plusDays(days.after()));
        }
        return reach instanceof Reach.All ? new Span(FIRST, LAST) : span;
    }

    /** Of the input's periods those that the model's period reads. */
    public static List<String> read(
            Period model, String key, Reach reach, Period input, Collection<String> inputPeriods) {
        Span reached = reached(span(model, key), reach);
        return inputPeriods.stream()
                .filter(period ->
                        reach instanceof Reach.All || span(input, period).overlaps(reached))
                .toList();
    }

    /** The model's periods that an input's period gives rise to: those that it lies in or divides into, widened by a reach. */
    static List<String> readers(Period model, Reach reach, Period input, String inputPeriod) {
        if (model == Period.NONE) {
            return List.of(Period.ALL);
        }
        if (input == Period.NONE) {
            return List.of();
        }
        Span span = span(input, inputPeriod);
        LocalDateTime from = span.from();
        LocalDateTime to = span.to();
        if (reach instanceof Reach.Days days) {
            from = minusDays(from, days.after());
            to = to.plusDays(days.before());
        }
        List<String> readers = new ArrayList<>();
        for (LocalDateTime at = cut(model, from); at.isBefore(to) && at.getYear() < 10_000; at = next(model, at)) {
            readers.add(key(model, at));
        }
        return readers;
    }

    private static LocalDateTime minusDays(LocalDateTime time, int days) {
        LocalDateTime moved = time.minusDays(days);
        return moved.isBefore(FIRST) ? FIRST : moved;
    }

    private static String key(Period period, LocalDateTime time) {
        return period.keyAt(time.toEpochSecond(ZoneOffset.UTC) * 1_000_000L);
    }

    private static LocalDateTime cut(Period period, LocalDateTime time) {
        return switch (period) {
            case HOUR -> time.toLocalDate().atTime(time.getHour(), 0);
            case DAY -> time.toLocalDate().atStartOfDay();
            case MONTH -> YearMonth.from(time).atDay(1).atStartOfDay();
            case YEAR -> LocalDateTime.of(time.getYear(), 1, 1, 0, 0);
            case NONE -> FIRST;
        };
    }

    private static LocalDateTime next(Period period, LocalDateTime time) {
        return switch (period) {
            case HOUR -> time.plusHours(1);
            case DAY -> time.plusDays(1);
            case MONTH -> time.plusMonths(1);
            case YEAR -> time.plusYears(1);
            case NONE -> LAST;
        };
    }
}
