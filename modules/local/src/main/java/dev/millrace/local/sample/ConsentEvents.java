package dev.millrace.local.sample;

import dev.millrace.contract.LandingHour;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/** Consent events: event number {@code i} of hour {@code h} is always the same bytes. */
final class ConsentEvents {
    private static final byte[] ID = ascii("{\"id\":\"");
    private static final byte[] DATETIME = ascii("\",\"datetime\":\"");
    private static final byte[] DOMAIN = ascii("\",\"domain\":\"");
    private static final byte[] TYPE = ascii("\",\"type\":\"");
    private static final byte[] USER = ascii("\",\"user\":{\"id\":\"");
    private static final byte[] COUNTRY = ascii("\",\"country\":");
    private static final byte[] TOKEN = ascii(",\"token\":\"{\\\"vendors\\\":{\\\"enabled\\\":[");
    private static final byte[] DISABLED = ascii("],\\\"disabled\\\":[");
    private static final byte[] PURPOSES = ascii("]},\\\"purposes\\\":{\\\"enabled\\\":[");
    private static final byte[] END = ascii("]}}\"}}");
    private static final byte[] UNKNOWN_FIELD = ascii(",\"sdk\":{\"version\":\"4.2\",\"tags\":[1,2,{}]}}");
    private static final byte[][] DOMAINS = {
        ascii("www.domain-A.eu"),
        ascii("www.domain-B.eu"),
        ascii("www.domain-C.com"),
        ascii("news.domain-D.fr"),
        ascii("shop.domain-E.de"),
        ascii("www.domain-F.org")
    };
    private static final byte[][] TYPES = {ascii("pageview"), ascii("consent.asked"), ascii("consent.given")};
    private static final byte[][] COUNTRIES = {
        ascii("\"FR\""),
        ascii("\"DE\""),
        ascii("\"ES\""),
        ascii("\"IT\""),
        ascii("\"NL\""),
        ascii("\"PL\""),
        ascii("\"GB\"")
    };
    private static final byte[] NULL = ascii("null");
    private static final byte[][] VENDORS = {ascii("\\\"acme\\\"")};
    private static final byte[][] PURPOSE_NAMES = {ascii("\\\"analytics\\\""), ascii("\\\"ads\\\"")};

    private final long seed;
    private final LandingHour from;
    private final int users;
    private final boolean plain;

    /** @param plain every event has the same shape */
    ConsentEvents(long seed, LandingHour from, int users, boolean plain) {
        this.seed = seed;
        this.from = from;
        this.users = users;
        this.plain = plain;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Where the values are drawn that make an event or decide on it. */
    Draw draw(int hour, long index) {
        return Draw.at(seed, hour, index);
    }

    void put(ObjectBytes out, int hour, long index) {
        Draw draw = draw(hour, index);
        // The first number decides what becomes of the event, not what it is.
        draw.next();
        out.put(ID);
        out.putUuid(draw.next(), draw.next());
        out.put(DATETIME);
        ZonedDateTime start = from.plus(hour).start().atZone(ZoneOffset.UTC);
        int second = draw.below(3600);
        out.putDigits(start.getYear(), 4);
        out.put('-');
        out.putDigits(start.getMonthValue(), 2);
        out.put('-');
        out.putDigits(start.getDayOfMonth(), 2);
        out.put(' ');
        out.putDigits(start.getHour(), 2);
        out.put(':');
        out.putDigits(second / 60, 2);
        out.put(':');
        out.putDigits(second % 60, 2);
        out.put(DOMAIN);
        out.put(DOMAINS[draw.below(DOMAINS.length)]);
        out.put(TYPE);
        // Half of all events are page views.
        out.put(TYPES[Math.max(0, draw.below(4) - 1)]);
        out.put(USER);
        Draw user = Draw.at(seed, Long.MIN_VALUE, draw.below(users));
        out.putUuid(user.next(), user.next());
        out.put(COUNTRY);
        boolean noCountry = draw.oneIn(100) && !plain;
        out.put(noCountry ? NULL : COUNTRIES[user.below(COUNTRIES.length)]);
        out.put(TOKEN);
        split(out, VENDORS, draw.below(8));
        out.put(PURPOSES);
        split(out, PURPOSE_NAMES, draw.oneIn(2) ? 0 : draw.below(8));
        out.put(END);
        if (!plain && draw.oneIn(100)) {
            out.cutRecord(out.recordLength() - 1);
            out.put(UNKNOWN_FIELD);
        }
    }

    /** The names whose bit is set, then the rest of them. */
    private static void split(ObjectBytes out, byte[][] names, int enabled) {
        list(out, names, enabled);
        out.put(DISABLED);
        list(out, names, ~enabled);
    }

    private static void list(ObjectBytes out, byte[][] names, int chosen) {
        boolean first = true;
        for (int i = 0; i < names.length; i++) {
            if ((chosen & (1 << i)) != 0) {
                if (!first) {
                    out.put(',');
                }
                out.put(names[i]);
                first = false;
            }
        }
    }
}
