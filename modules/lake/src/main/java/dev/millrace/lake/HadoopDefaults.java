package dev.millrace.lake;

import java.io.IOException;
import java.net.URL;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Iceberg gives every Parquet file that it writes a Hadoop configuration of its own, and each of these reads the same defaults from
 * XML, of which nothing is used here. It looks for them where the thread does that makes it.
 */
final class HadoopDefaults {
    /** Of each part of Hadoop that is met. */
    private static final Pattern FILES = Pattern.compile("\\w+-(default|site)\\.xml");

    private static final ClassLoader WITHOUT = new ClassLoader(HadoopDefaults.class.getClassLoader()) {
        @Override
        public @Nullable URL getResource(String name) {
            return FILES.matcher(name).matches() ? null : super.getResource(name);
        }
    };

    private HadoopDefaults() {}

    @FunctionalInterface
    interface Making<T> {
        T make() throws IOException;
    }

    /** What is made without them. */
    static <T> T without(Making<T> making) throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(WITHOUT);
        try {
            return making.make();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
