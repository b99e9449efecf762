package dev.millrace.local.sample;

import static java.util.Objects.requireNonNull;

import dev.millrace.contract.LandingHour;

/**
 * How large a sample. The same request gives the same objects, byte for byte, with the same Java.
 *
 * @param from the first landing hour
 * @param days how many days of landing
 * @param rows how many records land, dirt included
 * @param partsPerHour objects a landing hour
 */
public record SampleRequest(LandingHour from, int days, long seed, long rows, int partsPerHour) {

    public SampleRequest {
        requireNonNull(from, "from");
        require(days >= 1 && days <= 3660, "days", "1 to 3660", days);
        require(rows >= 1, "rows", "at least 1", rows);
        require(partsPerHour >= 1 && partsPerHour <= 1000, "parts an hour", "1 to 1000", partsPerHour);
    }

    private static void require(boolean condition, String what, String allowed, long value) {
        if (!condition) {
            throw new IllegalArgumentException("A sample has " + allowed + " " + what + ", not " + value + ".");
        }
    }

    int hours() {
        return days * 24;
    }
}
