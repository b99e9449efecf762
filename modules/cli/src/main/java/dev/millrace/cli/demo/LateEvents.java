package dev.millrace.cli.demo;

import java.util.Locale;

/** Page views that land in an hour after it was done. */
final class LateEvents {
    static final String HOUR = "2026-01-06T12";
    static final int RECORDS = 25;

    private LateEvents() {}

    static String text() {
        StringBuilder text = new StringBuilder();
        for (int number = 0; number < RECORDS; number++) {
            text.append(String.format(
                    Locale.ROOT,
                    "{\"id\":\"00000000-0000-4000-8000-%012d\",\"datetime\":\"2026-01-06 12:%02d:07\","
                            + "\"domain\":\"www.domain-A.eu\",\"type\":\"pageview\","
                            + "\"user\":{\"id\":\"00000000-0000-4000-9000-%012d\",\"country\":\"FR\","
                            + "\"token\":\"{\\\"vendors\\\":{\\\"enabled\\\":[],\\\"disabled\\\":[]},"
                            + "\\\"purposes\\\":{\\\"enabled\\\":[],\\\"disabled\\\":[]}}\"}}\n",
                    number,
                    number,
                    number % 5));
        }
        return text.toString();
    }
}
