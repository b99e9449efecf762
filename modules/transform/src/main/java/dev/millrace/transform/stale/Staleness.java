package dev.millrace.transform.stale;

import dev.millrace.contract.BaseSettings;
import dev.millrace.contract.Contract;
import dev.millrace.contract.ModelSettings;
import dev.millrace.contract.ModelTable;
import dev.millrace.contract.ModelTable.Input;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Books;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.PartitionBook;
import dev.millrace.control.Partitions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** The stale periods of a whole pipeline, as the books stand. */
public final class Staleness {
    private final Books books;
    private final Partitions partitions;
    private final Contract contract;

    public Staleness(ControlDatabase control, Contract contract) {
        this.books = new Books(control);
        this.partitions = new Partitions(control);
        this.contract = contract;
    }

    public List<StalePeriod> base() {
        List<StalePeriod> stale = new ArrayList<>();
        for (SourceTable table : contract.sources()) {
            stale.addAll(new BaseStaleness(table, BaseSettings.digest(table))
                    .of(books.edges(table.name()), partitions.of(table.name())));
        }
        return stale;
    }

    /** With those whose inputs are stale: whether they will be rebuilt is known when these are. */
    public List<StalePeriod> models(List<StalePeriod> base) {
        Map<String, Set<String>> waiting = base.stream()
                .collect(Collectors.groupingBy(
                        StalePeriod::table, Collectors.mapping(StalePeriod::period, Collectors.toSet())));
        List<StalePeriod> all = new ArrayList<>();
        for (ModelTable model : contract.models()) {
            Map<String, SortedMap<String, PartitionBook>> inputs = new HashMap<>();
            for (Input input : model.inputs()) {
                inputs.put(input.table(), partitions.of(input.table()));
            }
            List<StalePeriod> stale = new ModelStaleness(contract, model, ModelSettings.digest(model))
                    .of(inputs, waiting, partitions.of(model.name()));
            waiting.put(model.name(), stale.stream().map(StalePeriod::period).collect(Collectors.toSet()));
            all.addAll(stale);
        }
        return all;
    }
}
