package dev.millrace.contract;

import dev.millrace.contract.SqlTokens.Kind;
import dev.millrace.contract.SqlTokens.Token;
import dev.millrace.contract.written.Problems;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Refuses a model whose rows are no function of its inputs' rows, and one that reads what it has not declared. What
 * Spark says about the query itself is left to Spark.
 */
final class QueryCheck {
    /** Another result at another time, in another place or in another order of rows. */
    private static final Set<String> FUNCTIONS = Set.of(
            "rand",
            "random",
            "randn",
            "randstr",
            "uniform",
            "uuid",
            "shuffle",
            "now",
            "curdate",
            "current_date",
            "current_time",
            "current_timestamp",
            "localtimestamp",
            "current_timezone",
            "current_user",
            "session_user",
            "user",
            "current_catalog",
            "current_database",
            "current_schema",
            "input_file_name",
            "input_file_block_start",
            "input_file_block_length",
            "monotonically_increasing_id",
            "spark_partition_id",
            "any_value",
            "version",
            "reflect",
            "try_reflect",
            "java_method");
    /** Those of them that need no parentheses. */
    private static final Set<String> BARE = Set.of(
            "current_date", "current_time", "current_timestamp", "localtimestamp", "current_user", "session_user");
    /** These depend on the order of rows, unless a window says it. */
    private static final Set<String> ORDERED = Set.of("first", "first_value", "last", "last_value");
    /** These tell the time of the run where they are given no other. */
    private static final Set<String> CLOCKS = Set.of("unix_timestamp", "to_unix_timestamp");

    private static final Set<String> MOMENTS = Set.of("now", "today", "tomorrow", "yesterday");

    private final ModelQuery query;
    private final List<Token> tokens;
    private final Problems problems;

    private QueryCheck(ModelQuery query, Problems problems) {
        this.query = query;
        this.tokens = query.tokens();
        this.problems = problems;
    }

    static void check(ModelQuery query, Set<String> tables, Problems problems) {
        QueryCheck check = new QueryCheck(query, problems);
        check.shape();
        check.determinism();
        check.inputs(tables);
    }

    private void shape() {
        if (tokens.isEmpty()) {
            problems.add(query.place(1), "the file holds no query");
            return;
        }
        Token first = tokens.get(0);
        if (!first.is("select") && !first.is("with")) {
            problems.add(query.place(first.line()), "a model is one query that begins with select or with");
        }
        for (Token token : tokens) {
            if (token.is(";")) {
                problems.add(query.place(token.line()), "a model is one query without ';'");
            }
            if (token.kind() == Kind.UNENDED) {
                problems.add(query.place(token.line()), "what begins here with " + token.text() + " never ends");
            }
        }
    }

    private void determinism() {
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            String word = token.text().toLowerCase(Locale.ROOT);
            if (token.names() && (called(i) ? changes(word, i) : token.kind() == Kind.WORD && BARE.contains(word))) {
                problems.add(
                        query.place(token.line()),
                        "'" + word + "' may give another result each time; a model must make the same rows of the "
                                + "same inputs");
            } else if (token.is("tablesample")) {
                problems.add(
                        query.place(token.line()), "'tablesample' may take other rows each time; filter by a column");
            } else if (token.kind() == Kind.STRING && tellsNow(i)) {
                problems.add(
                        query.place(token.line()), token.text() + " is the time of the run; a model must not know it");
            }
        }
    }

    private boolean called(int i) {
        return i + 1 < tokens.size() && tokens.get(i + 1).is("(");
    }

    private boolean changes(String word, int i) {
        return FUNCTIONS.contains(word)
                || (CLOCKS.contains(word)
                        && i + 2 < tokens.size()
                        && tokens.get(i + 2).is(")"))
                || (ORDERED.contains(word) && !windowed(i + 1));
    }

    /** Whether the call with this opening parenthesis is followed by {@code over}. */
    private boolean windowed(int open) {
        int after = close(open) + 1;
        while (after < tokens.size()) {
            Token token = tokens.get(after);
            if (token.is("over")) {
                return true;
            }
            if (token.is("filter") && called(after)) {
                after = close(after + 1) + 1;
            } else if (token.is("ignore") || token.is("respect") || token.is("nulls")) {
                after++;
            } else {
                return false;
            }
        }
        return false;
    }

    private int close(int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            depth += tokens.get(i).is("(") ? 1 : tokens.get(i).is(")") ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return tokens.size();
    }

    private boolean tellsNow(int i) {
        String text = tokens.get(i).text();
        String inside = text.substring(1, text.length() - 1).strip().toLowerCase(Locale.ROOT);
        return i > 0
                && MOMENTS.contains(inside)
                && Set.of("date", "timestamp", "timestamp_ltz", "timestamp_ntz")
                        .contains(tokens.get(i - 1).text().toLowerCase(Locale.ROOT));
    }

    private void inputs(Set<String> tables) {
        Set<String> declared =
                query.inputs().stream().map(input -> input.value().table()).collect(Collectors.toSet());
        Set<String> mentioned = new TreeSet<>();
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (!token.names()) {
                continue;
            }
            String name = token.text().toLowerCase(Locale.ROOT);
            mentioned.add(name);
            boolean read = i > 0
                    && (tokens.get(i - 1).is("join")
                            || (tokens.get(i - 1).is("from")
                                    && !(i > 1 && tokens.get(i - 2).is("distinct"))));
            if (read && tables.contains(name) && !declared.contains(name)) {
                problems.add(
                        query.place(token.line()),
                        "the query reads '" + name + "', which the header does not declare; add '-- input: " + name
                                + " reach same'");
            }
        }
        query.inputs().stream()
                .filter(input -> !mentioned.contains(input.value().table()))
                .forEach(input -> problems.add(
                        input.place(),
                        "the query never reads the input '" + input.value().table() + "'"));
    }
}
