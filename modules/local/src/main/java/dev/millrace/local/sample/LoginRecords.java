package dev.millrace.local.sample;

import java.util.Locale;

/**
 * Messages of the queue login-queue. A person has few devices and addresses, so that masked values repeat. In almost a third the
 * locale is null; versions have two or three parts. Bad ones are bodies of other kinds, or none at all.
 */
final class LoginRecords implements SampleRecords {
    private static final String[] LOCALES = {"RU", "DE", "FR", "US", "BR", "IN", "PL"};
    private static final String[] VERSIONS = {"2.3.0", "0.26", "2.6", "0.2.6", "3.1.14", "10.0.1", "1.110.999", "4"};

    private final SampleRequest request;

    LoginRecords(SampleRequest request) {
        this.request = request;
    }

    @Override
    public boolean hasKey() {
        return true;
    }

    @Override
    public Frame frame(int hour) {
        return new Frame("", "\n", hour % 2 == 0 ? "\n" : "");
    }

    private String message(int hour, long index, String body) {
        long sent = request.from().plus(hour).start().toEpochMilli()
                + Draw.at(request.seed(), hour, Long.MIN_VALUE + index).below(3_600_000);
        return "{\"meta\":{\"source\":\"sqs:login-queue\",\"id\":\""
                + HourlySample.uuid(Draw.at(request.seed(), hour, Long.MIN_VALUE / 2 + index)) + "\",\"sentAt\":" + sent
                + "},\"body\":" + body + "}";
    }

    private String body(int hour, long index) {
        Draw draw = Draw.at(request.seed(), hour, index);
        // The first number decides what becomes of the record.
        draw.next();
        int users = (int) Math.max(1, Math.min(1_000_000, request.rows() / 5));
        Draw user = Draw.at(request.seed(), Long.MIN_VALUE, draw.below(users));
        String id = HourlySample.uuid(user);
        Draw device = Draw.at(user.next(), 0, draw.below(2));
        String locale = draw.below(10) < 3 ? "null" : "\"" + LOCALES[user.below(LOCALES.length)] + "\"";
        return String.format(
                Locale.ROOT,
                "{\"user_id\": \"%s\", \"app_version\": \"%s\", \"device_type\": \"%s\", \"ip\": \"%d.%d.%d.%d\","
                        + " \"locale\": %s, \"device_id\": \"%03d-%02d-%04d\"}",
                id,
                VERSIONS[draw.below(VERSIONS.length)],
                device.oneIn(2) ? "android" : "iOS",
                1 + device.below(223),
                device.below(256),
                device.below(256),
                1 + device.below(254),
                locale,
                device.below(1000),
                device.below(100),
                device.below(10_000));
    }

    private static String quoted(String body) {
        return "\"" + body.replace("\"", "\\\"") + "\"";
    }

    @Override
    public String good(int hour, long index) {
        return message(hour, index, quoted(body(hour, index)));
    }

    @Override
    public Bad bad(int hour, long index, long turn) {
        String body = body(hour, index);
        return switch ((int) (turn % 7)) {
            case 0, 1 ->
                new Bad(
                        message(hour, index, quoted("{\"foo\": \"oops_wrong_msg_type\", \"bar\": \"123\"}")),
                        "missing");
            case 2 -> new Bad(message(hour, index, quoted(body.substring(0, body.length() / 2))), "malformed-text");
            case 3 ->
                new Bad(
                        message(hour, index, quoted(body.replaceFirst("_version\": \"", "_version\": \"beta-"))),
                        "wrong-type");
            case 4 -> new Bad(message(hour, index, body), "wrong-type");
            case 5 ->
                new Bad(
                        good(hour, index).replaceFirst("\"sentAt\":[0-9]*", "\"sentAt\":\"yesterday\""),
                        "invalid-time");
            default -> new Bad(message(hour, index, quoted("")), "malformed-text");
        };
    }
}
