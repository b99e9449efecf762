package dev.millrace.transform.publish;

import dev.millrace.control.PartitionBook;
import java.util.ArrayList;
import java.util.List;

/** What became of a table's stale periods: rewritten, or found to hold already what they should. */
public record Published(String table, List<PartitionBook> rewritten, List<PartitionBook> restamped) {
    public Published {
        rewritten = List.copyOf(rewritten);
        restamped = List.copyOf(restamped);
    }

    public static Published none(String table) {
        return new Builder(table).build();
    }

    public boolean nothing() {
        return rewritten.isEmpty() && restamped.isEmpty();
    }

    /** Takes the periods one by one. */
    public static final class Builder {
        private final String table;
        private final List<PartitionBook> rewritten = new ArrayList<>();
        private final List<PartitionBook> restamped = new ArrayList<>();

        public Builder(String table) {
            this.table = table;
        }

        public void rewritten(PartitionBook book) {
            rewritten.add(book);
        }

        public void restamped(PartitionBook book) {
            restamped.add(book);
        }

        public Published build() {
            return new Published(table, rewritten, restamped);
        }
    }
}
