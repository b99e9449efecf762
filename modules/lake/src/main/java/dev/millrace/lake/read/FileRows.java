package dev.millrace.lake.read;

import static java.util.Objects.requireNonNull;

import dev.millrace.job.JobException;
import java.io.IOException;
import java.util.Optional;

/** The rows of a file that others wrote, each as the JSON text that its fields make. */
public abstract class FileRows implements AutoCloseable {
    private final String format;
    private boolean ended;
    private Optional<String> damage = Optional.empty();

    /** @param format as people call it */
    protected FileRows(String format) {
        this.format = requireNonNull(format, "format");
    }

    /** What is wrong with the file; known once {@link #next} has told the end. */
    public final Optional<String> damage() {
        return damage;
    }

    /** Writes the next row's text in place of what is there; false at the end, which damage may be. */
    public final boolean next(RowText text) {
        if (ended) {
            return false;
        }
        try {
            text.clear();
            if (read(text)) {
                text.end();
                return true;
            }
        } catch (UnreadableException e) {
            damage = Optional.of("the " + format + " file cannot be read: " + e.getMessage());
        } catch (IOException | RuntimeException e) {
            throwIfOfTheSource(e);
            damage = Optional.of(
                    "the " + format + " file cannot be read: " + e.getClass().getSimpleName());
        }
        ended = true;
        return false;
    }

    /**
     * Writes the next row into the empty text; false behind the last one. Whatever it throws is a damage of the file, but for what
     * the source threw.
     */
    protected abstract boolean read(RowText text) throws IOException;

    @Override
    public abstract void close() throws IOException;

    /** A store that fails is no damage. */
    private static void throwIfOfTheSource(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof JobException job) {
                throw job;
            }
        }
    }

    /** The file may be whole and is still not read; the message says why, and holds nothing of its rows. */
    public static final class UnreadableException extends IOException {
        public UnreadableException(String message) {
            super(message);
        }

        public UnreadableException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
