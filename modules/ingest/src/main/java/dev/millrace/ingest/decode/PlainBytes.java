package dev.millrace.ingest.decode;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** No compression. */
record PlainBytes(RawBytes raw) implements Inflation {
    @Override
    public int read(byte[] into, int at, int length) throws IOException {
        return raw.plain(into, at, length);
    }

    @Override
    public @Nullable String damage() {
        return null;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
