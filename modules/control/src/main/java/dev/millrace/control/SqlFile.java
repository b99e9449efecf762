package dev.millrace.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The statements of one {@code .sql} resource, each below a line {@code -- name: x}. */
public final class SqlFile {
    private static final String NAME = "-- name: ";

    private final String resource;
    private final Map<String, String> statements;

    private SqlFile(String resource, Map<String, String> statements) {
        this.resource = resource;
        this.statements = Map.copyOf(statements);
    }

    /** The file beside the class, named like it. */
    public static SqlFile of(Class<?> owner) {
        return of(owner, owner.getSimpleName() + ".sql");
    }

    public static SqlFile of(Class<?> owner, String file) {
        Map<String, StringBuilder> parts = new LinkedHashMap<>();
        StringBuilder current = new StringBuilder();
        for (String line : text(owner, file).split("\n", -1)) {
            if (line.startsWith(NAME)) {
                current = new StringBuilder();
                parts.put(line.substring(NAME.length()).strip(), current);
            } else {
                current.append(line).append('\n');
            }
        }
        Map<String, String> statements = new LinkedHashMap<>();
        parts.forEach(
                (name, statement) -> statements.put(name, statement.toString().strip()));
        return new SqlFile(file, statements);
    }

    /** The whole resource as text. */
    public static String text(Class<?> owner, String file) {
        try (InputStream in = owner.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + file + " beside " + owner.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String statement(String name) {
        String statement = statements.get(name);
        if (statement == null) {
            throw new IllegalStateException("no statement '" + name + "' in " + resource);
        }
        return statement;
    }
}
