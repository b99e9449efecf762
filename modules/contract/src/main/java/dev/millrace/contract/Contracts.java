package dev.millrace.contract;

import static java.util.Objects.requireNonNull;

import dev.millrace.contract.written.At;
import dev.millrace.contract.written.ContractDocument;
import dev.millrace.contract.written.Place;
import dev.millrace.contract.written.Problem;
import dev.millrace.contract.written.Problems;
import dev.millrace.contract.written.Suggestion;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The contracts of a project: {@code dags/pipelines/<name>/contract.yaml}. */
public final class Contracts {
    private static final String FILE = "contract.yaml";

    private final Path folder;

    private Contracts(Path folder) {
        this.folder = requireNonNull(folder, "folder");
    }

    /** Those of the project in this folder. */
    public static Contracts of(Path project) {
        return new Contracts(project.resolve("dags").resolve("pipelines"));
    }

    /** Names of the pipelines, sorted. */
    public List<String> names() {
        if (!Files.isDirectory(folder)) {
            throw new JobException(ExitCode.USAGE, "there are no pipelines: " + folder + " is no folder");
        }
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.filter(pipeline -> Files.exists(pipeline.resolve(FILE)))
                    .map(pipeline -> String.valueOf(pipeline.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new JobException(ExitCode.USAGE, "cannot list the pipelines in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Where the contract of a pipeline lies; an exception where there is no such pipeline. */
    public Path file(String name) {
        List<String> names = names();
        if (!names.contains(name)) {
            throw new JobException(
                    ExitCode.USAGE,
                    "there is no pipeline '" + name + "' in " + folder + "; there are: " + String.join(", ", names)
                            + Suggestion.forWord(name, names));
        }
        return folder.resolve(name).resolve(FILE);
    }

    /** The contract of a pipeline, or an exception that tells all its mistakes. */
    public Contract read(String name) {
        Path file = file(name);
        Problems problems = new Problems();
        ContractFile.Checked checked = check(name, file, problems);
        problems.refuseAny("the contract " + file);
        return checked.contract().orElseThrow();
    }

    /** All contracts, or an exception that tells all mistakes of all of them. */
    public List<Contract> all() {
        Problems problems = new Problems();
        List<Contract> contracts = all(problems);
        problems.refuseAny("the folder " + folder);
        return contracts;
    }

    /** All mistakes of all contracts. */
    public List<Problem> problems() {
        Problems problems = new Problems();
        all(problems);
        return problems.sorted();
    }

    private List<Contract> all(Problems problems) {
        List<Contract> contracts = new ArrayList<>();
        Map<String, Place> tables = new HashMap<>();
        for (String name : names()) {
            ContractFile.Checked checked = check(name, file(name), problems);
            checked.contract().ifPresent(contracts::add);
            checked.written().ifPresent(document -> refuseSharedTables(document, tables, problems));
        }
        return contracts;
    }

    /** Every pipeline writes into the same lake and the same warehouse schema. */
    private static void refuseSharedTables(ContractDocument document, Map<String, Place> tables, Problems problems) {
        for (ContractDocument.TableDocument table : document.tables()) {
            table.name().ifPresent(name -> {
                Place other = tables.putIfAbsent(name.value(), name.place());
                if (other != null && !other.file().equals(name.place().file())) {
                    problems.add(
                            name.place(),
                            "the table '" + name.value() + "' belongs to the contract " + other.file() + " already");
                }
            });
        }
    }

    private static ContractFile.Checked check(String name, Path file, Problems problems) {
        ContractFile.Checked checked = ContractFile.check(file);
        problems.addAll(checked.problems());
        checked.written()
                .flatMap(ContractDocument::id)
                .map(At::place)
                .ifPresent(place -> checked.contract()
                        .filter(contract -> !contract.pipeline().equals(name))
                        .ifPresent(contract -> problems.add(
                                place,
                                "the id '" + contract.pipeline() + "' differs from the name of its folder, '" + name
                                        + "'")));
        return checked;
    }
}
