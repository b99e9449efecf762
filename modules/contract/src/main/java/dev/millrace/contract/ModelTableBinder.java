package dev.millrace.contract;

import static dev.millrace.contract.ContractSettings.EXPORT_CURRENT;
import static dev.millrace.contract.ContractSettings.EXPORT_DELIMITER;
import static dev.millrace.contract.ContractSettings.EXPORT_HISTORY;
import static dev.millrace.contract.ContractSettings.MODEL;

import dev.millrace.contract.written.At;
import dev.millrace.contract.written.ContractDocument.PropertyDocument;
import dev.millrace.contract.written.ContractDocument.TableDocument;
import dev.millrace.contract.written.Problems;
import dev.millrace.contract.written.Suggestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Resolves a table that SQL makes of other tables. */
final class ModelTableBinder {
    private static final Set<Setting<?>> MODELS = Set.of(MODEL, EXPORT_CURRENT, EXPORT_DELIMITER, EXPORT_HISTORY);

    private final TableDocument table;
    private final List<Export> exports;
    private final Optional<String> name;
    private final Optional<ModelQuery> query;
    private final List<Column> columns;
    private final Problems problems;

    /** Reads the model's columns and its SQL file. */
    ModelTableBinder(TableDocument table, Optional<String> name, Customs customs, Path folder, Problems problems) {
        this.table = table;
        this.name = name;
        this.problems = problems;
        for (Setting<?> setting : ContractSettings.of(Setting.Level.TABLE)) {
            if (!MODELS.contains(setting)) {
                customs.refuse(setting, "is only for a table that is read from landed objects, not for a model");
            }
        }
        this.columns = columns();
        this.exports = exports(customs);
        this.query = customs.value(MODEL).flatMap(path -> read(path, customs, folder));
        query.ifPresent(this::checkGrain);
    }

    Optional<String> name() {
        return name;
    }

    Optional<Period> period() {
        return query.flatMap(ModelQuery::period).map(At::value);
    }

    Optional<ModelQuery> query() {
        return query;
    }

    private Optional<ModelQuery> read(String path, Customs customs, Path folder) {
        Path file = folder.resolve(path);
        try {
            return Optional.of(ModelQuery.read(file, Files.readString(file), problems));
        } catch (IOException e) {
            problems.add(
                    customs.place(MODEL),
                    Files.exists(file) ? "cannot read the file " + file + " as UTF-8" : "there is no file " + file);
            return Optional.empty();
        }
    }

    private List<Export> exports(Customs customs) {
        List<Export> bound = new ArrayList<>();
        char delimiter = customs.value(EXPORT_DELIMITER).orElse(',');
        customs.value(EXPORT_CURRENT).ifPresent(folder -> bound.add(new Export.Current(folder, delimiter)));
        customs.value(EXPORT_HISTORY).ifPresent(folder -> bound.add(new Export.History(folder)));
        if (!customs.has(EXPORT_CURRENT)) {
            customs.refuse(EXPORT_DELIMITER, "needs an 'exportCurrent'");
        }
        return bound;
    }

    /** Tells of a folder that another export writes to. */
    void refuseSharedFolders(Set<String> folders, Customs customs) {
        for (Export export : exports) {
            if (!folders.add(export.folder())) {
                problems.add(
                        customs.place(export instanceof Export.Current ? EXPORT_CURRENT : EXPORT_HISTORY),
                        "another export writes to '" + export.folder() + "' already; give each a folder of its own");
            }
        }
    }

    private List<Column> columns() {
        ColumnBinder binder = new ColumnBinder(problems);
        binder.refuseRepeatedNames(table);
        List<Column> bound = new ArrayList<>();
        for (PropertyDocument property : table.properties()) {
            Customs settings =
                    Customs.of(property.place(), property.customProperties(), Setting.Level.PROPERTY, problems);
            for (Setting<?> setting : ContractSettings.of(Setting.Level.PROPERTY)) {
                settings.refuse(setting, "is only for a column that is read from landed objects, not for a model's");
            }
            binder.bind(property).ifPresent(bound::add);
        }
        return bound;
    }

    private void checkGrain(ModelQuery read) {
        List<String> names = ColumnBinder.names(table);
        Set<String> grain = new HashSet<>();
        for (At<String> part : read.grain()) {
            grain.add(part.value());
            if (!names.contains(part.value())) {
                problems.add(
                        part.place(),
                        "the grain names '" + part.value() + "', which is no column of the table"
                                + Suggestion.forWord(part.value(), names));
            }
        }
        List<PropertyDocument> key = table.properties().stream()
                .filter(property -> property.primaryKey().map(At::value).orElse(false))
                .toList();
        Set<String> keyNames = new HashSet<>();
        key.forEach(property -> property.name().ifPresent(part -> keyNames.add(part.value())));
        if (!key.isEmpty() && !keyNames.equals(grain)) {
            problems.add(
                    ColumnBinder.place(key.get(0)),
                    "the primary key differs from the grain that " + read.file()
                            + " declares; a model's key is its grain");
        }
    }

    /** Checks the inputs and the query against the tables of the contract, each with its period if that is known. */
    void checkQuery(Map<String, Optional<Period>> tables) {
        query.ifPresent(read -> {
            read.inputs().forEach(input -> checkInput(input, tables));
            QueryCheck.check(read, tables.keySet(), problems);
        });
    }

    private void checkInput(At<ModelTable.Input> input, Map<String, Optional<Period>> tables) {
        String other = input.value().table();
        Optional<Period> period = period();
        if (!tables.containsKey(other)) {
            problems.add(
                    input.place(),
                    "the input '" + other + "' is no table of the contract"
                            + Suggestion.forWord(other, tables.keySet()));
            return;
        }
        ModelTable.Reach reach = input.value().reach();
        if (reach instanceof ModelTable.Reach.Days && period.isPresent() && period.get() == Period.NONE) {
            problems.add(
                    input.place(), "a model without periods has no days before and after them; allowed: reach all");
        }
        Optional<Period> others = tables.getOrDefault(other, Optional.empty());
        if (!(reach instanceof ModelTable.Reach.All)
                && period.isPresent()
                && others.isPresent()
                && others.get().compareTo(period.get()) > 0) {
            problems.add(
                    input.place(),
                    "the input's period '" + word(others.get()) + "' is coarser than the model's '" + word(period.get())
                            + "'; allowed: reach all, or a period of the model that is as coarse");
        }
    }

    private static String word(Period period) {
        return ContractSettings.periods().entrySet().stream()
                .filter(entry -> entry.getValue() == period)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** The table; empty where it cannot be one. */
    Optional<ModelTable> bind() {
        if (name.isEmpty()
                || query.isEmpty()
                || period().isEmpty()
                || columns.size() < table.properties().size()) {
            return Optional.empty();
        }
        return Optional.of(new ModelTable(
                name.get(),
                table.description().map(At::value).map(String::strip).orElse(""),
                columns,
                period().get(),
                query.get().grain().stream().map(At::value).toList(),
                query.get().inputs().stream().map(At::value).toList(),
                query.get().sql(),
                exports));
    }
}
