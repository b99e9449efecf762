package dev.millrace.contract;

import dev.millrace.contract.written.At;
import dev.millrace.contract.written.ContractDocument.CustomProperty;
import dev.millrace.contract.written.Place;
import dev.millrace.contract.written.Problems;
import dev.millrace.contract.written.Suggestion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of one part of a contract. */
final class Customs {
    /** Settings that people expect, and where what they are after is said. */
    private static final Map<String, String> ELSEWHERE = Map.of(
            "key", "; mark the properties that make the key with 'primaryKey: true'",
            "primaryKey", "; mark the properties that make the key with 'primaryKey: true'",
            "grain", "; a model's grain is declared in the header of its SQL file",
            "inputs", "; a model's inputs are declared in the header of its SQL file",
            "required", "; write 'required: true' beside the property's name");

    private final Place owner;
    private final Setting.Level level;
    private final Map<String, CustomProperty> byName = new HashMap<>();
    private final Problems problems;

    private Customs(Place owner, Setting.Level level, Problems problems) {
        this.owner = owner;
        this.level = level;
        this.problems = problems;
    }

    static Customs of(Place owner, List<CustomProperty> properties, Setting.Level level, Problems problems) {
        Customs customs = new Customs(owner, level, problems);
        properties.forEach(customs::add);
        return customs;
    }

    private void add(CustomProperty property) {
        String name = property.property().value();
        List<String> known =
                ContractSettings.of(level).stream().map(Setting::name).toList();
        if (known.contains(name)) {
            byName.put(name, property);
            return;
        }
        problems.add(property.property().place(), level.words() + " has no setting '" + name + "'" + hint(name, known));
    }

    private String hint(String name, List<String> known) {
        Optional<String> otherLevel = ContractSettings.ALL.stream()
                .filter(setting -> setting.name().equals(name))
                .map(setting -> "; it is a setting of " + setting.level().words())
                .findFirst();
        String suggestion = Suggestion.forWord(name, known);
        return otherLevel
                .or(() -> Optional.ofNullable(ELSEWHERE.get(name)))
                .orElse(suggestion.isEmpty() ? "; allowed: " + String.join(", ", known) : suggestion);
    }

    Place owner() {
        return owner;
    }

    boolean has(Setting<?> setting) {
        return byName.containsKey(setting.name());
    }

    /** The setting's value: empty where it is not written, or wrong, which is told. */
    <T> Optional<T> value(Setting<T> setting) {
        return Optional.ofNullable(byName.get(setting.name()))
                .flatMap(property -> setting.reading().read(property.value(), problems));
    }

    /** The same, with where it is written. */
    <T> Optional<At<T>> at(Setting<T> setting) {
        return value(setting).map(value -> new At<>(value, place(setting)));
    }

    /** The setting's value; where it is not written, that is told. */
    <T> Optional<T> required(Setting<T> setting) {
        if (!has(setting)) {
            problems.add(
                    owner,
                    "the setting '" + setting.name() + "' is missing; allowed: "
                            + setting.values().replace("`", ""));
        }
        return value(setting);
    }

    /** Tells that the setting, where it is written, has no business here. */
    void refuse(Setting<?> setting, String reason) {
        if (has(setting)) {
            problems.add(place(setting), "'" + setting.name() + "' " + reason);
        }
    }

    /** Where the setting's value is written; without one, the owner. */
    Place place(Setting<?> setting) {
        return Optional.ofNullable(byName.get(setting.name()))
                .map(property -> property.value().place())
                .orElse(owner);
    }
}
