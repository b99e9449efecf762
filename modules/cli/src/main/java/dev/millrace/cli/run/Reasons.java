package dev.millrace.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.control.Books;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.HourBook;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Quarantined records by reason, from the books. */
public final class Reasons {
    private Reasons() {}

    /** Of these hours, each with its table. */
    public static SortedMap<String, Long> of(List<JsonNode> hours, ControlDatabase control) {
        SortedMap<String, Long> reasons = new TreeMap<>();
        Map<String, List<String>> byTable = hours.stream()
                .collect(Collectors.groupingBy(
                        hour -> hour.path("table").asText(),
                        Collectors.mapping(hour -> hour.path("hour").asText(), Collectors.toList())));
        byTable.forEach((table, named) -> {
            SortedMap<String, HourBook> books = new Books(control).hours(table);
            for (String hour : named) {
                HourBook book = books.get(hour);
                if (book != null) {
                    book.reasons().forEach((reason, records) -> reasons.merge(reason, records, Long::sum));
                }
            }
        });
        return reasons;
    }
}
