package dev.millrace.ingest.check;

import dev.millrace.contract.Contract;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Json;
import dev.millrace.control.ProjectOptions;
import dev.millrace.environment.Environment;
import dev.millrace.ingest.check.StoreCheck.Finding;
import dev.millrace.ingest.mask.HashKey;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
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
        List<Contract> contracts = options.contracts().all();
        List<String> prefixes = contracts.stream()
                .map(Contract::sources)
                .flatMap(List::stream)
                .map(SourceTable::prefix)
                .toList();
        Environment environment = options.environment();
        List<Finding> findings = new ArrayList<>(new StoreCheck(environment, prefixes).run());
        masks(contracts, environment).ifPresent(findings::add);
        PrintStream out = System.out;
        out.println(Json.write(Map.of("findings", findings)));
        out.flush();
        return findings.stream().allMatch(Finding::ok) ? ExitCode.DONE : ExitCode.USAGE;
    }

    /** Whether there is a key for the contracts that mask, if there are any. */
    private static Optional<Finding> masks(List<Contract> contracts, Environment environment) {
        String masked = contracts.stream()
                .filter(Contract::isMasked)
                .map(Contract::pipeline)
                .sorted()
                .collect(Collectors.joining(", "));
        if (masked.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(environment
                .hashKey()
                .map(key -> new Finding(
                        "mask key", true, "it has the id " + HashKey.of(key).id(), ""))
                .orElse(new Finding(
                        "mask key",
                        false,
                        "there is none, and these contracts mask: " + masked,
                        "set 'masks.hashKey' in millrace.yaml, or MILLRACE_MASKS_HASH_KEY")));
    }
}
