package dev.millrace.ingest.check;

import dev.millrace.contract.Contract;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Json;
import dev.millrace.control.ProjectOptions;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Try every permission that is needed on the landing bucket and the lake.",
        footer = "Example: ingest check --env aws")
public final class CheckCommand implements Job.Verb {
    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Override
    public ExitCode call() {
        List<String> prefixes = options.contracts().all().stream()
                .map(Contract::sources)
                .flatMap(List::stream)
                .map(SourceTable::prefix)
                .toList();
        List<StoreCheck.Finding> findings = new StoreCheck(options.environment(), prefixes).run();
        PrintStream out = System.out;
        out.println(Json.write(Map.of("findings", findings)));
        out.flush();
        return findings.stream().allMatch(StoreCheck.Finding::ok) ? ExitCode.DONE : ExitCode.USAGE;
    }
}
