package dev.millrace.load.warehouse;

import dev.millrace.control.SqlFile;
import java.util.Map;

/**
 * The one place where SQL is put together: names, quoted, and parts from the same file go into the gaps of a statement. Values
 * are always parameters; only comments, which take none, are quoted here.
 */
final class Statements {
    private final SqlFile file;

    private Statements(SqlFile file) {
        this.file = file;
    }

    static Statements of(String file) {
        return new Statements(SqlFile.of(Statements.class, file));
    }

    String text(String name) {
        return file.statement(name);
    }

    /** The statement with its gaps, such as <code>{target}</code>, filled. */
    String text(String name, Map<String, String> gaps) {
        String template = file.statement(name);
        StringBuilder text = new StringBuilder();
        int from = 0;
        int open = template.indexOf('{');
        while (open >= 0) {
            int close = template.indexOf('}', open);
            String gap = template.substring(open + 1, close);
            String filling = gaps.get(gap);
            if (filling == null) {
                throw new IllegalStateException("nothing for the gap " + gap + " of statement " + name);
            }
            text.append(template, from, open).append(filling);
            from = close + 1;
            open = template.indexOf('{', from);
        }
        return text.append(template, from, template.length()).toString();
    }

    static String name(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    static String name(String schema, String identifier) {
        return name(schema) + '.' + name(identifier);
    }

    /** A text constant, for the statements that take no parameters. */
    static String constant(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }
}
