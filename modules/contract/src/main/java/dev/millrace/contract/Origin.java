package dev.millrace.contract;

import java.util.List;
import java.util.Optional;

/** Where a column's value comes from. */
public sealed interface Origin {

    /** How the reason of a violation names the place: a JSON pointer, or a slash and the header. */
    String place();

    /**
     * A member of the JSON record; with {@code within}, a member of the JSON text that is found there. A pointer that goes
     * through a message's body goes into the text that it holds.
     */
    record Member(Pointer pointer, Optional<Pointer> within, Take take) implements Origin {
        @Override
        public String place() {
            return pointer.toString();
        }
    }

    /** A field of a CSV record. */
    record Header(String name) implements Origin {
        @Override
        public String place() {
            return new Pointer(List.of(name)).toString();
        }
    }

    /** A field of a CSV record without a header, counted from 1. */
    record Position(int number) implements Origin {
        @Override
        public String place() {
            return "/" + number;
        }
    }

    /** The hour in which the object landed. */
    record LandingHour() implements Origin {
        @Override
        public String place() {
            return "";
        }
    }

    /** What is taken of a JSON value. */
    enum Take {
        VALUE,
        /** True where an array, object or string has something in it; false where it is empty or absent. */
        NON_EMPTY,
        /** A version's text as a whole number that keeps its order: major × 1,000,000 + minor × 1,000 + patch. */
        VERSION
    }
}
