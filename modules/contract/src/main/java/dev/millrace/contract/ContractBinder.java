package dev.millrace.contract;

import static dev.millrace.contract.ContractSettings.EXPORT_CURRENT;
import static dev.millrace.contract.ContractSettings.EXPORT_DELIMITER;
import static dev.millrace.contract.ContractSettings.EXPORT_HISTORY;
import static dev.millrace.contract.ContractSettings.MODEL;
import static dev.millrace.contract.ContractSettings.PERIOD;
import static dev.millrace.contract.ContractSettings.RESOURCES;
import static dev.millrace.contract.ContractSettings.SCHEDULE;
import static dev.millrace.contract.ContractSettings.SETTLE;

import dev.millrace.contract.written.At;
import dev.millrace.contract.written.ContractDocument;
import dev.millrace.contract.written.ContractDocument.TableDocument;
import dev.millrace.contract.written.Problems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Resolves a contract as written: fills in defaults, and tells everything that does not hold together. */
final class ContractBinder {
    private final ContractDocument document;
    private final Path folder;
    private final Problems problems;
    /** Every table by name, with its period where that is known. */
    private final Map<String, Optional<Period>> tables = new LinkedHashMap<>();

    private final List<SourceTable> sources = new ArrayList<>();
    private final List<ModelTableBinder> models = new ArrayList<>();
    private final Set<String> exportFolders = new HashSet<>();
    private final List<Feed> feeds = new ArrayList<>();

    private ContractBinder(ContractDocument document, Problems problems) {
        this.document = document;
        this.folder = Optional.ofNullable(document.place().file().getParent()).orElse(Path.of(""));
        this.problems = problems;
    }

    /** The contract; where the problems are not empty afterwards, it is not to be used. */
    static Optional<Contract> bind(ContractDocument document, Problems problems) {
        return new ContractBinder(document, problems).bind();
    }

    private Optional<Contract> bind() {
        Customs customs = Customs.of(document.place(), document.customProperties(), Setting.Level.CONTRACT, problems);
        checkStandard();
        Optional<String> pipeline = Names.pipeline(document.id(), document.place(), problems);
        String schedule = customs.value(SCHEDULE).orElse("0 0 * * *");
        Duration settle = customs.value(SETTLE).orElse(Duration.ofMinutes(30));
        // Only Airflow needs them; here their mistakes are told.
        RESOURCES.forEach(customs::value);
        document.tables().forEach(table -> bind(table, pipeline));
        models.forEach(model -> model.checkQuery(tables));
        List<ModelTableBinder> ordered = new ModelOrder(models, problems).ordered();
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Contract(
                pipeline.orElseThrow(),
                document.version().map(At::value).orElseThrow(),
                document.name().map(At::value).map(String::strip).orElse(pipeline.orElseThrow()),
                document.purpose().map(At::value).map(String::strip).orElse(""),
                schedule,
                settle,
                new Routes(sources).routed(),
                ordered.stream().map(model -> model.bind().orElseThrow()).toList(),
                feeds));
    }

    private void checkStandard() {
        need("kind", document.kind(), "DataContract");
        need("apiVersion", document.apiVersion(), "v3.1.0");
        need("version", document.version(), "the contract's own version, such as 1.0.0");
        document.kind()
                .filter(kind -> !kind.value().equals("DataContract"))
                .ifPresent(kind -> problems.add(
                        kind.place(), "'" + kind.value() + "' is no kind that Millrace reads; allowed: DataContract"));
        document.apiVersion()
                .filter(version -> !version.value().startsWith("v3."))
                .ifPresent(version -> problems.add(
                        version.place(),
                        "'" + version.value()
                                + "' is no version of the Open Data Contract Standard that Millrace reads; allowed: "
                                + "v3.0.0 to v3.1.0"));
        if (document.tables().isEmpty() && !problems.tellOf(document.place().member("schema"))) {
            problems.add(document.place(), "a contract needs 'schema', a list of its tables");
        }
    }

    private void need(String field, Optional<At<String>> value, String allowed) {
        if (value.isEmpty() && !problems.tellOf(document.place().member(field))) {
            problems.add(document.place(), "a contract needs '" + field + "'; allowed: " + allowed);
        }
    }

    private void bind(TableDocument table, Optional<String> pipeline) {
        Customs customs = Customs.of(table.place(), table.customProperties(), Setting.Level.TABLE, problems);
        Optional<String> name = Names.table(table.name(), table.place(), problems);
        ColumnBinder.refuseOtherName(table.name(), table.physicalName(), problems);
        table.logicalType()
                .filter(type -> !type.value().equals("object"))
                .ifPresent(type -> problems.add(
                        type.place(), "the logicalType of a table is 'object', not '" + type.value() + "'"));
        table.physicalType()
                .filter(type -> !type.value().equals("table"))
                .ifPresent(type -> problems.add(
                        type.place(), "the physicalType of a table is 'table', not '" + type.value() + "'"));
        Optional<Period> period;
        if (customs.has(MODEL)) {
            ModelTableBinder model = new ModelTableBinder(table, name, customs, folder, problems);
            model.refuseSharedFolders(exportFolders, customs);
            models.add(model);
            period = model.period();
        } else {
            for (Setting<?> setting : List.of(EXPORT_CURRENT, EXPORT_DELIMITER, EXPORT_HISTORY)) {
                customs.refuse(setting, "is only for a model");
            }
            SourceTableBinder binder = new SourceTableBinder(table, customs, problems);
            binder.bind(name, pipeline).ifPresent(source -> {
                Routes.refuse(source, sources, customs, problems);
                sources.add(source);
                binder.feed(source).ifPresent(feeds::add);
            });
            period = customs.value(PERIOD);
        }
        table.name().ifPresent(written -> {
            if (tables.containsKey(written.value())) {
                problems.add(written.place(), "the contract has two tables named '" + written.value() + "'");
            }
            tables.putIfAbsent(written.value(), period);
        });
    }
}
