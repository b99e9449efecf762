package dev.millrace.contract;

import dev.millrace.contract.written.At;
import dev.millrace.contract.written.ContractDocument.PropertyDocument;
import dev.millrace.contract.written.ContractDocument.TableDocument;
import dev.millrace.contract.written.Place;
import dev.millrace.contract.written.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Binds what read and modelled columns have in common. */
final class ColumnBinder {
    private final Problems problems;

    ColumnBinder(Problems problems) {
        this.problems = problems;
    }

    /** The column; empty, with the reasons among the problems, where it cannot be one. */
    Optional<Column> bind(PropertyDocument property) {
        Optional<String> name = Names.column(property.name(), property.place(), problems);
        refuseOtherName(property.name(), property.physicalName(), problems);
        Optional<FieldType> type = type(property);
        if (name.isEmpty() || type.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Column(
                name.get(),
                type.get(),
                property.required().map(At::value).orElse(false),
                property.description().map(At::value).map(String::strip).orElse("")));
    }

    private Optional<FieldType> type(PropertyDocument property) {
        if (property.physicalType().isEmpty()) {
            if (!problems.tellOf(property.place().member("physicalType"))) {
                problems.add(
                        property.place(), "a column needs 'physicalType', its type; allowed: " + PhysicalTypes.ALLOWED);
            }
            return Optional.empty();
        }
        Optional<FieldType> type = PhysicalTypes.read(property.physicalType().get(), problems);
        if (type.isPresent() && property.logicalType().isPresent()) {
            At<String> written = property.logicalType().get();
            String expected = PhysicalTypes.logicalType(type.get());
            if (!written.value().equals(expected)) {
                problems.add(
                        written.place(),
                        "the logicalType '" + written.value() + "' does not agree with the physicalType '"
                                + type.get().sql() + "'; allowed: " + expected);
            }
        }
        return type;
    }

    /** Tells of every property whose name another one before it has, and of a table without any. */
    void refuseRepeatedNames(TableDocument table) {
        if (table.properties().isEmpty() && !problems.tellOf(table.place().member("properties"))) {
            problems.add(table.place(), "a table needs 'properties', its columns");
        }
        Set<String> names = new HashSet<>();
        for (PropertyDocument property : table.properties()) {
            property.name()
                    .filter(name -> !names.add(name.value()))
                    .ifPresent(name ->
                            problems.add(name.place(), "the table has two columns named '" + name.value() + "'"));
        }
    }

    /** Tables and columns are called alike everywhere: there is no second name. */
    static void refuseOtherName(Optional<At<String>> name, Optional<At<String>> physicalName, Problems problems) {
        if (name.isPresent()
                && physicalName.isPresent()
                && !name.get().value().equals(physicalName.get().value())) {
            problems.add(
                    physicalName.get().place(),
                    "the physicalName differs from the name '" + name.get().value()
                            + "'; tables and columns have one name everywhere, so leave it out");
        }
    }

    static Place place(PropertyDocument property) {
        return property.name().map(At::place).orElse(property.place());
    }

    static List<String> names(TableDocument table) {
        return table.properties().stream()
                .flatMap(property -> property.name().map(At::value).stream())
                .toList();
    }
}
