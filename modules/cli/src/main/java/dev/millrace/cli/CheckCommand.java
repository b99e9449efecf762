package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.cli.check.DatabaseCheck;
import dev.millrace.cli.check.Finding;
import dev.millrace.cli.check.MachineCheck;
import dev.millrace.cli.process.JobModule;
import dev.millrace.cli.process.JobProcess.Workload;
import dev.millrace.cli.run.JobEnd;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.local.LocalServices;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "What this machine has and lacks; then every connection and permission of an environment, by trying it.",
            "Ends with 2 where something needed is missing. Without --env, services that are down are no failure."
        },
        footer = {"", "Example: millrace check --env local"})
final class CheckCommand implements Job.Verb {
    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Option(names = "--json", description = "Print the findings as JSON.")
    private boolean json;

    @Override
    public ExitCode call() {
        List<Finding> findings = new ArrayList<>();
        // Some of this takes seconds: each is told as it is found.
        Consumer<Finding> tell = finding -> {
            findings.add(finding);
            if (!json) {
                System.out.println(finding.text());
            }
        };
        new MachineCheck(options.installation().home()).findings().forEach(tell);
        environment(tell);
        if (json) {
            System.out.println(json(findings));
        }
        return findings.stream().allMatch(finding -> finding.ok() || !finding.needed())
                ? ExitCode.DONE
                : ExitCode.USAGE;
    }

    private void environment(Consumer<Finding> tell) {
        Environment environment;
        try {
            environment = options.environment();
        } catch (JobException e) {
            boolean asked = options.environmentName().isPresent()
                    || !System.getenv().getOrDefault("MILLRACE_ENV", "").isBlank();
            boolean down = LocalServices.at(options.stateFolder()).status() instanceof LocalServices.Status.Down;
            tell.accept(
                    down && !asked
                            ? Finding.lacking("environment local", "the local services are down", "./millrace up")
                            : Finding.failed("environment", String.valueOf(e.getMessage()), "put that right first"));
            return;
        }
        tell.accept(Finding.ok("environment", environment.name()));
        stores(tell);
        new DatabaseCheck(environment).findings().forEach(tell);
    }

    /** S3 is tried by a job, with the client and credentials that jobs have. */
    private void stores(Consumer<Finding> tell) {
        List<String> arguments = new ArrayList<>(List.of("check"));
        arguments.addAll(options.arguments());
        JobEnd end = new JobRunner(options.installation(), System.err::println)
                .end(JobModule.INGEST, Workload.SLIGHT, arguments);
        JsonNode findings = end.report().path("findings");
        if (findings.isEmpty()) {
            tell.accept(Finding.failed("landing and lake", "could not be tried", "see the lines above"));
        }
        for (JsonNode finding : findings) {
            String what = finding.path("what").asText();
            String found = finding.path("found").asText();
            tell.accept(
                    finding.path("ok").asBoolean()
                            ? Finding.ok(what, found)
                            : Finding.failed(what, found, finding.path("next").asText()));
        }
    }

    private static ObjectNode json(List<Finding> findings) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("findings");
        for (Finding finding : findings) {
            ObjectNode node = json.withArray("/findings")
                    .addObject()
                    .put("what", finding.what())
                    .put("ok", finding.ok())
                    .put("needed", finding.needed())
                    .put("found", finding.found());
            finding.next().ifPresent(next -> node.put("next", next));
        }
        return json;
    }
}
