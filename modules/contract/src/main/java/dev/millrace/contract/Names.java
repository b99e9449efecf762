package dev.millrace.contract;

import dev.millrace.contract.written.At;
import dev.millrace.contract.written.Place;
import dev.millrace.contract.written.Problems;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What tables, columns and pipelines may be called. */
final class Names {
    /** The longest that Postgres keeps whole. */
    private static final int LONGEST_COLUMN = 63;
    /** Shorter, for names that Millrace derives from a table's, such as those of staging tables. */
    private static final int LONGEST_TABLE = 40;

    private static final Pattern LOWER_SNAKE = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");

    /** Words that Postgres or Redshift read as something else where they are not quoted. */
    private static final Set<String> RESERVED = Set.of(
            "all",
            "analyse",
            "analyze",
            "and",
            "any",
            "array",
            "as",
            "asc",
            "asymmetric",
            "authorization",
            "between",
            "binary",
            "both",
            "case",
            "cast",
            "check",
            "collate",
            "collation",
            "column",
            "concurrently",
            "constraint",
            "create",
            "cross",
            "current_catalog",
            "current_date",
            "current_role",
            "current_schema",
            "current_time",
            "current_timestamp",
            "current_user",
            "default",
            "deferrable",
            "desc",
            "distinct",
            "do",
            "else",
            "end",
            "except",
            "false",
            "fetch",
            "for",
            "foreign",
            "freeze",
            "from",
            "full",
            "grant",
            "group",
            "having",
            "ilike",
            "in",
            "initially",
            "inner",
            "intersect",
            "into",
            "is",
            "isnull",
            "join",
            "lateral",
            "leading",
            "left",
            "like",
            "limit",
            "localtime",
            "localtimestamp",
            "natural",
            "not",
            "notnull",
            "null",
            "offset",
            "on",
            "only",
            "or",
            "order",
            "outer",
            "overlaps",
            "placing",
            "primary",
            "references",
            "returning",
            "right",
            "select",
            "session_user",
            "similar",
            "some",
            "symmetric",
            "table",
            "tablesample",
            "then",
            "to",
            "trailing",
            "true",
            "union",
            "unique",
            "user",
            "using",
            "variadic",
            "verbose",
            "when",
            "where",
            "window",
            "with");

    private Names() {}

    /** The name, if it is there and fits; why not, is told. */
    static Optional<String> pipeline(Optional<At<String>> written, Place owner, Problems problems) {
        return name("contract", "id", LONGEST_TABLE, written, owner, problems);
    }

    static Optional<String> table(Optional<At<String>> written, Place owner, Problems problems) {
        return name("table", "name", LONGEST_TABLE, written, owner, problems);
    }

    static Optional<String> column(Optional<At<String>> written, Place owner, Problems problems) {
        return name("column", "name", LONGEST_COLUMN, written, owner, problems);
    }

    private static Optional<String> name(
            String subject, String field, int longest, Optional<At<String>> written, Place owner, Problems problems) {
        if (written.isEmpty()) {
            // One of a wrong type was told when it was read.
            if (!problems.tellOf(owner.member(field))) {
                problems.add(owner, "a " + subject + " needs '" + field + "'");
            }
            return Optional.empty();
        }
        String name = written.get().value();
        Optional<String> fault = fault(name, longest);
        fault.ifPresent(sentence -> problems.add(
                written.get().place(), "'" + name + "' cannot be the name of a " + subject + ": " + sentence));
        return fault.isEmpty() ? Optional.of(name) : Optional.empty();
    }

    private static Optional<String> fault(String name, int longest) {
        if (name.startsWith("_")) {
            return Optional.of("names that begin with '_' are Millrace's own");
        }
        if (!LOWER_SNAKE.matcher(name).matches()) {
            return Optional.of("allowed are lower-case letters, digits and single '_' between them, a letter first");
        }
        if (name.length() > longest) {
            return Optional.of("it has " + name.length() + " characters, at most " + longest + " are allowed");
        }
        return RESERVED.contains(name)
                ? Optional.of("it is a word of SQL; add to it, such as " + name + "_name")
                : Optional.empty();
    }
}
