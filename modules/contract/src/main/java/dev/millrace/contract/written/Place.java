package dev.millrace.contract.written;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/** Where something is written: the file, its line from 1, and the path inside it, such as {@code schema[0].name}. */
public record Place(Path file, int line, String path) {
    public Place {
        requireNonNull(file, "file");
        requireNonNull(path, "path");
    }

    /** The whole of a file. */
    public static Place of(Path file) {
        return new Place(file, 1, "");
    }

    /** Where a member would be written that is not there. */
    public Place member(String name) {
        return member(name, line);
    }

    Place member(String name, int atLine) {
        return new Place(file, atLine, path.isEmpty() ? name : path + "." + name);
    }

    Place item(int index, int atLine) {
        return new Place(file, atLine, path + "[" + index + "]");
    }

    @Override
    public String toString() {
        return file + ":" + line + (path.isEmpty() ? "" : ": " + path);
    }
}
