package dev.millrace.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.contract.Contracts;
import dev.millrace.contract.written.Problem;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Tell all mistakes of contracts and models at once, each with file, line and path.",
        footer = {"", "Example: millrace contract check consents"})
final class ContractCheckCommand implements Job.Verb {
    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Pipelines; all if none is given.")
    private List<String> names = List.of();

    @Option(names = "--json", description = "Print the mistakes as JSON.")
    private boolean json;

    @Override
    public ExitCode call() {
        Contracts contracts = options.contracts();
        List<String> checked = names.isEmpty() ? contracts.names() : names;
        // Contracts are always read together: a table may be named in two of them.
        Set<Path> folders =
                checked.stream().map(name -> contracts.file(name).getParent()).collect(Collectors.toSet());
        List<Problem> problems = contracts.problems().stream()
                .filter(problem -> folders.stream()
                        .anyMatch(folder -> problem.place().file().startsWith(folder)))
                .toList();
        if (json) {
            System.out.println(json(checked, problems));
        } else {
            problems.forEach(System.out::println);
            System.out.println(
                    problems.isEmpty()
                            ? "No mistakes in " + String.join(", ", checked) + "."
                            : problems.size() + (problems.size() == 1 ? " mistake." : " mistakes."));
        }
        return problems.isEmpty() ? ExitCode.DONE : ExitCode.USAGE;
    }

    private static ObjectNode json(List<String> checked, List<Problem> problems) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("checked");
        checked.forEach(json.withArray("/checked")::add);
        json.putArray("problems");
        problems.forEach(problem -> json.withArray("/problems")
                .addObject()
                .put("file", problem.place().file().toString())
                .put("line", problem.place().line())
                .put("path", problem.place().path())
                .put("sentence", problem.sentence()));
        return json;
    }
}
