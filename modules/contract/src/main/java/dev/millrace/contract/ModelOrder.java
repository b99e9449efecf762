package dev.millrace.contract;

import dev.millrace.contract.written.At;
import dev.millrace.contract.written.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts models after their inputs, otherwise in the contract's order. */
final class ModelOrder {
    private final Map<String, ModelTableBinder> byName = new LinkedHashMap<>();
    private final Problems problems;
    private final List<ModelTableBinder> ordered = new ArrayList<>();
    private final Set<String> done = new HashSet<>();
    /** From the first model that is being placed to what it waits for. */
    private final List<String> way = new ArrayList<>();

    ModelOrder(List<ModelTableBinder> models, Problems problems) {
        this.problems = problems;
        models.forEach(model -> model.name().ifPresent(name -> byName.putIfAbsent(name, model)));
    }

    /** All models that have a name; a model that waits for itself is told. */
    List<ModelTableBinder> ordered() {
        byName.keySet().forEach(this::place);
        return List.copyOf(ordered);
    }

    private void place(String name) {
        ModelTableBinder model = byName.get(name);
        if (model == null || done.contains(name)) {
            return;
        }
        way.add(name);
        Optional<ModelQuery> query = model.query();
        for (At<ModelTable.Input> input : query.map(ModelQuery::inputs).orElse(List.of())) {
            String waitsFor = input.value().table();
            if (way.contains(waitsFor)) {
                List<String> circle = new ArrayList<>(way.subList(way.indexOf(waitsFor), way.size()));
                circle.add(waitsFor);
                problems.add(input.place(), "models read one another in a circle: " + String.join(" reads ", circle));
            } else {
                place(waitsFor);
            }
        }
        way.remove(way.size() - 1);
        done.add(name);
        ordered.add(model);
    }
}
