package dev.millrace.load.audit;

/** Two sides that should say the same of a period (or landing hour) of a table, and do not. */
public record Finding(
        String table, String period, String what, String expectedBy, String expected, String foundIn, String found) {

    public String sentence() {
        return "Table " + table + ", period " + period + ": " + foundIn + " has " + what + " " + found + ", "
                + expectedBy + " " + expected + ".";
    }
}
