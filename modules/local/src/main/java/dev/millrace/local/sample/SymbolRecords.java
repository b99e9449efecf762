package dev.millrace.local.sample;

import java.util.Locale;

/**
 * Events of the vowel game: two of three are initials, of which one in fifty has the uuid of another one. A followup is to an
 * event of up to thirty hours before it, and to none that was ever sent where that is no initial. Letters outside a–z are among
 * the symbols. Every third hour is written without line feeds.
 */
final class SymbolRecords implements SampleRecords {
    private static final String LETTERS = "etaoinshrdlcumwfgypbvkxjqzetaoinshr";
    private static final String OTHERS = "éàâè";
    private static final int HOURS_BACK = 30;

    private final SampleRequest request;

    SymbolRecords(SampleRequest request) {
        this.request = request;
    }

    @Override
    public boolean hasKey() {
        return true;
    }

    private static boolean lines(int hour) {
        return hour % 3 != 2;
    }

    @Override
    public Frame frame(int hour) {
        return new Frame("", lines(hour) ? "\n" : "", "");
    }

    private String uuid(int hour, long index) {
        return HourlySample.uuid(Draw.at(request.seed(), hour, Long.MIN_VALUE + index));
    }

    private long indexOf(Draw draw, int hour) {
        long count = request.rows() * (hour + 1L) / request.hours() - request.rows() * hour / request.hours();
        return count == 0 ? 0 : Math.floorMod(draw.next(), count);
    }

    @Override
    public String good(int hour, long index) {
        Draw draw = Draw.at(request.seed(), hour, index);
        // The first number decides what becomes of the record.
        draw.next();
        String at = HourlySample.second(request.from().plus(hour), draw.below(3600))
                + String.format(Locale.ROOT, ".%06d", draw.below(1_000_000));
        int another = Math.max(0, hour - draw.below(HOURS_BACK));
        if (draw.oneIn(3)) {
            String liked = uuid(another, indexOf(draw, another));
            return "{\"event\":\"followup\",\"uuid\":\"" + liked + "\",\"at\":\"" + at + "\"}";
        }
        String uuid = draw.oneIn(50) ? uuid(another, indexOf(draw, another)) : uuid(hour, index);
        char symbol = draw.oneIn(40)
                ? OTHERS.charAt(draw.below(OTHERS.length()))
                : LETTERS.charAt(draw.below(LETTERS.length()));
        boolean vowel = "aeiouéàâè".indexOf(symbol) >= 0;
        boolean guess = symbol == 'y' ? draw.oneIn(2) : vowel != draw.oneIn(10);
        return "{\"event\":\"initial\",\"uuid\":\"" + uuid + "\",\"symbol\":\"" + symbol + "\",\"guess\":" + guess
                + ",\"at\":\"" + at + "\"}";
    }

    @Override
    public Bad bad(int hour, long index, long turn) {
        String good = good(hour, index);
        return switch ((int) (turn % 6)) {
            case 0 -> new Bad(good.replaceFirst("\"uuid\":\"[0-9a-f-]*\"", "\"uuid\":null"), "missing");
            case 1 -> new Bad(good.replaceFirst("\"at\":\"[0-9-]* ", "\"at\":\"2017-06-31 "), "invalid-time");
            case 2 -> new Bad(good.replaceFirst("\"event\":\"[a-z]*\"", "\"event\":true"), "wrong-type");
            case 3 -> new Bad(good.replaceFirst("\"uuid\":\"", "\"uuid\":\"\\\\u0000"), "nul");
            // As a program writes it that takes the text of an object for JSON.
            case 4 -> new Bad("{'event': 'followup', 'uuid': '" + uuid(hour, index) + "'}", "malformed");
            default ->
                lines(hour)
                        ? new Bad(good.substring(0, good.length() - 12), "malformed")
                        // Without a line feed to end it, it would take its neighbour with it.
                        : new Bad(good.substring(0, good.length() - 1) + ",}", "malformed");
        };
    }
}
