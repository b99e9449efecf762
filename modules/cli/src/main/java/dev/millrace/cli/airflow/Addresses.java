package dev.millrace.cli.airflow;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Names as parts of addresses. */
final class Addresses {
    private Addresses() {}

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
