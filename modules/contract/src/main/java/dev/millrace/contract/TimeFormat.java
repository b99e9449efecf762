package dev.millrace.contract;

import java.util.Locale;

/** One way in which a time is written. */
public sealed interface TimeFormat {

    /** {@code yyyy-MM-dd[ T]HH:mm[:ss[.f]]} with or without a zone. */
    record Iso() implements TimeFormat {}

    /** A whole number of units since 1970. */
    record Epoch(Unit unit) implements TimeFormat {
        public enum Unit {
            SECONDS(1_000_000),
            MILLIS(1_000),
            MICROS(1);

            private final long micros;

            Unit(long micros) {
                this.micros = micros;
            }

            public long micros() {
                return micros;
            }
        }
    }

    /** Letters {@code yyyy MM M dd d HH H hh h mm ss a MMMM} and literal text; the locale names the months. */
    record Pattern(String pattern, Locale locale) implements TimeFormat {}
}
