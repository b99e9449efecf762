package dev.millrace.contract;

import static java.util.Objects.requireNonNull;

/** What holds a table's records where nothing lands them by itself: the land stage takes them from there. */
public sealed interface Feed {
    /** The table that is fed. */
    String table();

    /** As messages that were landed name where they came from. */
    String source();

    /** A queue of SQS. */
    record Queue(String table, String name) implements Feed {
        public Queue {
            requireNonNull(table, "table");
            requireNonNull(name, "name");
        }

        @Override
        public String source() {
            return "sqs:" + name;
        }
    }

    /** A stream of Kinesis. */
    record Stream(String table, String name) implements Feed {
        public Stream {
            requireNonNull(table, "table");
            requireNonNull(name, "name");
        }

        @Override
        public String source() {
            return "kinesis:" + name;
        }
    }
}
