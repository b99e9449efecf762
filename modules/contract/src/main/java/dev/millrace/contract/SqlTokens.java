package dev.millrace.contract;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/** Divides Spark SQL into its words, so that comments, strings and layout are told from what is computed. */
final class SqlTokens {
    private final String sql;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;

    private SqlTokens(String sql) {
        this.sql = sql;
    }

    enum Kind {
        WORD,
        /** An identifier in backquotes; the text is without them. */
        QUOTED,
        /** With its quotes and, if it is raw, its {@code r}. */
        STRING,
        SYMBOL,
        /** A string, identifier or comment that never ends. */
        UNENDED
    }

    /** A word, string or sign, and its line from 1. */
    record Token(Kind kind, String text, int line) {
        Token {
            requireNonNull(kind, "kind");
            requireNonNull(text, "text");
        }

        boolean is(String word) {
            return (kind == Kind.WORD || kind == Kind.SYMBOL) && text.equalsIgnoreCase(word);
        }

        boolean names() {
            return kind == Kind.WORD || kind == Kind.QUOTED;
        }
    }

    static List<Token> of(String sql) {
        SqlTokens tokens = new SqlTokens(sql);
        while (tokens.at < sql.length()) {
            tokens.next();
        }
        return List.copyOf(tokens.tokens);
    }

    private void next() {
        char first = sql.charAt(at);
        if (Character.isWhitespace(first)) {
            skip(1);
        } else if (sql.startsWith("--", at)) {
            lineComment();
        } else if (sql.startsWith("/*", at)) {
            comment();
        } else if (first == '\'' || first == '"') {
            string(at, true);
        } else if ((first == 'r' || first == 'R')
                && at + 1 < sql.length()
                && (sql.charAt(at + 1) == '\'' || sql.charAt(at + 1) == '"')) {
            int start = at;
            skip(1);
            string(start, false);
        } else if (first == '`') {
            quoted();
        } else if (isWordLetter(first)) {
            int start = at;
            while (at < sql.length() && isWordLetter(sql.charAt(at))) {
                skip(1);
            }
            add(Kind.WORD, sql.substring(start, at), line);
        } else {
            add(Kind.SYMBOL, String.valueOf(first), line);
            skip(1);
        }
    }

    private static boolean isWordLetter(char letter) {
        return Character.isLetterOrDigit(letter) || letter == '_';
    }

    private void skip(int letters) {
        for (int i = 0; i < letters && at < sql.length(); i++) {
            if (sql.charAt(at) == '\n') {
                line++;
            }
            at++;
        }
    }

    private void add(Kind kind, String text, int startLine) {
        tokens.add(new Token(kind, text, startLine));
    }

    /** Spark lets a comment go on in the next line after a backslash. */
    private void lineComment() {
        while (at < sql.length() && sql.charAt(at) != '\n') {
            skip(sql.startsWith("\\\n", at) ? 2 : 1);
        }
    }

    /** Comments of this kind nest. */
    private void comment() {
        int startLine = line;
        int depth = 0;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                skip(2);
            } else if (sql.startsWith("*/", at)) {
                depth--;
                skip(2);
            } else {
                skip(1);
            }
        } while (depth > 0 && at < sql.length());
        if (depth > 0) {
            add(Kind.UNENDED, "/*", startLine);
        }
    }

    private void string(int start, boolean escapes) {
        int startLine = line;
        char quote = sql.charAt(at);
        skip(1);
        while (at < sql.length()) {
            char letter = sql.charAt(at);
            if (escapes && letter == '\\') {
                skip(2);
            } else if (letter == quote) {
                skip(1);
                add(Kind.STRING, sql.substring(start, at), startLine);
                return;
            } else {
                skip(1);
            }
        }
        add(Kind.UNENDED, String.valueOf(quote), startLine);
    }

    private void quoted() {
        int startLine = line;
        StringBuilder name = new StringBuilder();
        skip(1);
        while (at < sql.length()) {
            if (sql.startsWith("``", at)) {
                name.append('`');
                skip(2);
            } else if (sql.charAt(at) == '`') {
                skip(1);
                add(Kind.QUOTED, name.toString(), startLine);
                return;
            } else {
                name.append(sql.charAt(at));
                skip(1);
            }
        }
        add(Kind.UNENDED, "`", startLine);
    }
}
