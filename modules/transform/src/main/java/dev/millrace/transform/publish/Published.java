package dev.millrace.transform.publish;

import dev.millrace.control.PartitionBook;
import java.util.List;

/** What became of a table's stale periods: rewritten, or found to hold already what they should. */
public record Published(String table, List<PartitionBook> rewritten, List<PartitionBook> restamped) {
    public Published {
        rewritten = List.copyOf(rewritten);
        restamped = List.copyOf(restamped);
    }

    public boolean nothing() {
        return rewritten.isEmpty() && restamped.isEmpty();
    }
}
