package dev.millrace.contract.written;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the members of a mapping as the types that are expected of them. */
public final class Fields {
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,9}");

    private final Written.Members members;
    private final Problems problems;

    private Fields(Written.Members members, Problems problems) {
        this.members = members;
        this.problems = problems;
    }

    /** The fields of a value; empty, with a problem, where it is no mapping. */
    public static Optional<Fields> of(Written value, Problems problems) {
        if (value instanceof Written.Members members) {
            return Optional.of(new Fields(members, problems));
        }
        problems.add(value.place(), "this must be a mapping of names to values, but it is " + value.kind());
        return Optional.empty();
    }

    public static Fields of(Written.Members members, Problems problems) {
        return new Fields(members, problems);
    }

    public Place place() {
        return members.place();
    }

    /** Reports every member whose name is not among these. */
    public Fields refuseOthersThan(Set<String> names, String subject) {
        for (Written.Member member : members.members()) {
            if (!names.contains(member.name())) {
                String suggestion = Suggestion.forWord(member.name(), names);
                String allowed =
                        suggestion.isEmpty() ? "; it may have " + String.join(", ", sorted(names)) : suggestion;
                problems.add(member.place(), subject + " has no field '" + member.name() + "'" + allowed);
            }
        }
        return this;
    }

    public Optional<Written> value(String name) {
        return members.value(name);
    }

    public Optional<At<String>> text(String name) {
        return members.value(name).flatMap(value -> text(value, problems));
    }

    public Optional<At<Boolean>> truth(String name) {
        return members.value(name).flatMap(value -> {
            if (value instanceof Written.Scalar scalar && scalar.form() == Written.Scalar.Form.TRUTH) {
                return Optional.of(new At<>(Boolean.valueOf(scalar.text()), scalar.place()));
            }
            problems.add(value.place(), "this must be true or false, but it is " + value.kind());
            return Optional.empty();
        });
    }

    public Optional<At<Integer>> whole(String name) {
        return members.value(name).flatMap(value -> {
            if (value instanceof Written.Scalar scalar
                    && scalar.form() == Written.Scalar.Form.NUMBER
                    && WHOLE.matcher(scalar.text()).matches()) {
                return Optional.of(new At<>(Integer.valueOf(scalar.text()), scalar.place()));
            }
            problems.add(value.place(), "this must be a whole number, but it is " + value.kind());
            return Optional.empty();
        });
    }

    /** The mapping of that name. */
    public Optional<Fields> fields(String name) {
        return members.value(name).flatMap(value -> of(value, problems));
    }

    /** The mappings in the list of that name, none where it is absent. */
    public List<Fields> list(String name) {
        List<Fields> all = new ArrayList<>();
        members.value(name).ifPresent(value -> {
            if (value instanceof Written.Items items) {
                items.items().forEach(item -> of(item, problems).ifPresent(all::add));
            } else {
                problems.add(value.place(), "this must be a list, but it is " + value.kind());
            }
        });
        return all;
    }

    private static Optional<At<String>> text(Written value, Problems problems) {
        if (value instanceof Written.Scalar scalar && scalar.form() == Written.Scalar.Form.TEXT) {
            return Optional.of(new At<>(scalar.text(), scalar.place()));
        }
        problems.add(value.place(), "this must be a text" + quotesHint(value));
        return Optional.empty();
    }

    /** Says what a value is that should be a text, and how to make it one. */
    public static String quotesHint(Written value) {
        return value instanceof Written.Scalar scalar
                ? ", but it is " + value.kind() + ": write it in quotes, \"" + scalar.text() + "\""
                : ", but it is " + value.kind();
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }
}
