package dev.millrace.ingest.check;

import dev.millrace.contract.Contract;
import dev.millrace.contract.Contracts;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Json;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Try every permission that is needed on the landing bucket and the lake.",
        footer = "Example: ingest check --env aws")
public final class CheckCommand implements Job.Verb {
    @Option(
            names = "--project",
            paramLabel = "FOLDER",
            description = "Folder with millrace.yaml and dags/pipelines; the present one if not given.")
    private Path project = Path.of("");

    @Option(
            names = "--env",
            paramLabel = "NAME",
            description = "Environment of millrace.yaml; MILLRACE_ENV or 'local' if not given.")
    private @Nullable String environment;

    @Override
    public ExitCode call() {
        List<String> prefixes = Contracts.of(project).all().stream()
                .map(Contract::sources)
                .flatMap(List::stream)
                .map(SourceTable::prefix)
                .toList();
        List<StoreCheck.Finding> findings = new StoreCheck(
                        Environment.load(project, Optional.ofNullable(environment), System.getenv()), prefixes)
                .run();
        PrintStream out = System.out;
        out.println(Json.write(Map.of("findings", findings)));
        out.flush();
        return findings.stream().allMatch(StoreCheck.Finding::ok) ? ExitCode.DONE : ExitCode.USAGE;
    }
}
