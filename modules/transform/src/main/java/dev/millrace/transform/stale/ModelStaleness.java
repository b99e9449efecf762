package dev.millrace.transform.stale;

import dev.millrace.contract.Contract;
import dev.millrace.contract.ModelTable;
import dev.millrace.contract.ModelTable.Input;
import dev.millrace.contract.ModelTable.Reach;
import dev.millrace.contract.Period;
import dev.millrace.contract.Table;
import dev.millrace.control.MadeOf;
import dev.millrace.control.PartitionBook;
import dev.millrace.transform.stale.Reason.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The stale periods of a model, given the books of its inputs. */
public final class ModelStaleness {
    private final ModelTable model;
    private final String sql;
    private final Map<String, Period> granularities = new HashMap<>();

    /** The digest is that of all in the contract that alters the model's rows. */
    public ModelStaleness(Contract contract, ModelTable model, String sql) {
        this.model = model;
        this.sql = sql;
        for (Input input : model.inputs()) {
            Table table = contract.table(input.table()).orElseThrow();
            granularities.put(input.table(), table.period());
        }
    }

    /** Of inputs as they are now. */
    public List<StalePeriod> of(
            Map<String, SortedMap<String, PartitionBook>> inputs, SortedMap<String, PartitionBook> books) {
        return of(inputs, Map.of(), books);
    }

    /** Of inputs some of whose periods will be rebuilt first. */
    public List<StalePeriod> of(
            Map<String, SortedMap<String, PartitionBook>> inputs,
            Map<String, Set<String>> staleInputs,
            SortedMap<String, PartitionBook> books) {
        Map<String, SortedMap<String, PartitionBook>> filled = new HashMap<>();
        for (Input input : model.inputs()) {
            SortedMap<String, PartitionBook> periods =
                    new TreeMap<>(inputs.getOrDefault(input.table(), new TreeMap<>()));
            periods.values().removeIf(book -> book.rows() == 0);
            filled.put(input.table(), periods);
        }
        SortedSet<String> candidates = new TreeSet<>(books.keySet());
        for (Input input : model.inputs()) {
            Period granularity = granularity(input);
            SortedSet<String> periods = new TreeSet<>(periodsOf(filled, input));
            periods.addAll(staleInputs.getOrDefault(input.table(), Set.of()));
            for (String period : periods) {
                candidates.addAll(Reading.readers(model.period(), input.reach(), granularity, period));
            }
        }
        List<StalePeriod> stale = new ArrayList<>();
        for (String period : candidates) {
            Map<String, String> parts = new HashMap<>();
            parts.put(Stamps.SQL, sql);
            long rows = 0;
            List<Reason> waiting = new ArrayList<>();
            for (Input input : model.inputs()) {
                SortedMap<String, PartitionBook> all = filled.getOrDefault(input.table(), new TreeMap<>());
                List<String> read = read(period, input, all.keySet());
                Map<String, String> contents = new HashMap<>();
                for (String inputPeriod : read) {
                    PartitionBook book = all.get(inputPeriod);
                    if (book != null) {
                        contents.put(Stamps.INPUT + input.table() + ":" + inputPeriod, book.content());
                        rows += book.rows();
                    }
                }
                if (input.reach() instanceof Reach.All) {
                    // One part for all of them: every period would otherwise list every period.
                    parts.put(
                            Stamps.INPUT + input.table() + ":" + Period.ALL,
                            MadeOf.of(contents).stamp());
                } else {
                    parts.putAll(contents);
                }
                for (String inputPeriod : read(period, input, staleInputs.getOrDefault(input.table(), Set.of()))) {
                    waiting.add(new Reason(Kind.INPUT_STALE, input.table() + ":" + inputPeriod));
                }
            }
            MadeOf wanted = MadeOf.of(parts);
            List<Reason> reasons = new ArrayList<>(Stamps.difference(Optional.ofNullable(books.get(period)), wanted));
            reasons.addAll(waiting);
            if (!reasons.isEmpty()) {
                stale.add(new StalePeriod(model.name(), period, reasons, wanted, rows));
            }
        }
        return stale;
    }

    private List<String> read(String period, Input input, Set<String> inputPeriods) {
        return Reading.read(model.period(), period, input.reach(), granularity(input), inputPeriods);
    }

    private Period granularity(Input input) {
        return granularities.getOrDefault(input.table(), Period.NONE);
    }

    private static Set<String> periodsOf(Map<String, SortedMap<String, PartitionBook>> filled, Input input) {
        return filled.getOrDefault(input.table(), new TreeMap<>()).keySet();
    }
}
