package dev.millrace.contract.written;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/** A value of a YAML file. */
public sealed interface Written {
    Place place();

    /** What it is, in words that fit after "but this is". */
    String kind();

    record Scalar(Place place, String text, Form form) implements Written {
        /** What YAML 1.2 takes the text for. */
        public enum Form {
            TEXT("a text"),
            NUMBER("a number"),
            TRUTH("true or false"),
            NOTHING("nothing");

            private final String words;

            Form(String words) {
                this.words = words;
            }
        }

        public Scalar {
            requireNonNull(place, "place");
            requireNonNull(text, "text");
            requireNonNull(form, "form");
        }

        @Override
        public String kind() {
            return form.words;
        }
    }

    record Items(Place place, List<Written> items) implements Written {
        public Items {
            requireNonNull(place, "place");
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    record Members(Place place, List<Member> members) implements Written {
        public Members {
            requireNonNull(place, "place");
            members = List.copyOf(members);
        }

        /** The member of that name, if it is there and is not nothing. */
        public Optional<Written> value(String name) {
            return members.stream()
                    .filter(member -> member.name().equals(name))
                    .map(Member::value)
                    .filter(value -> !value.isNothing())
                    .findFirst();
        }

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** A name and its value. The place is that of the name. */
    record Member(Place place, String name, Written value) {}

    default boolean isNothing() {
        return this instanceof Scalar scalar && scalar.form() == Scalar.Form.NOTHING;
    }
}
