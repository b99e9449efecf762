package dev.millrace.contract;

import dev.millrace.job.Digest;
import java.util.Optional;

/** Settings as a text that is the same for equal settings, on every machine and in every version, and its digest. */
final class SettingsText {
    private final StringBuilder text = new StringBuilder();

    /** With its length, so that no value can be read as two. */
    SettingsText add(String name, String value) {
        text.append(name)
                .append('=')
                .append(value.length())
                .append(':')
                .append(value)
                .append('\n');
        return this;
    }

    SettingsText add(String name, long value) {
        return add(name, Long.toString(value));
    }

    SettingsText add(String name, Optional<String> value) {
        value.ifPresent(present -> add(name, present));
        return this;
    }

    String sha256() {
        return Digest.of(text.toString());
    }
}
