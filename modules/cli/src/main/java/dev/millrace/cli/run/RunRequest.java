package dev.millrace.cli.run;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a run is asked for. */
public record RunRequest(
        Path project,
        Optional<String> environment,
        String pipeline,
        String runId,
        String from,
        String to,
        boolean lookBack,
        List<String> acceptedRemovals,
        List<String> acceptedHeld,
        int retries) {

    public RunRequest {
        requireNonNull(project, "project");
        requireNonNull(environment, "environment");
        requireNonNull(pipeline, "pipeline");
        requireNonNull(runId, "runId");
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        acceptedRemovals = List.copyOf(acceptedRemovals);
        acceptedHeld = List.copyOf(acceptedHeld);
    }

    List<String> plan(boolean dry) {
        List<String> arguments = arguments("plan");
        arguments.addAll(List.of("--from", from, "--to", to));
        if (lookBack) {
            arguments.add("--look-back");
        }
        acceptedRemovals.forEach(removal -> arguments.addAll(List.of("--accept-removals", removal)));
        acceptedHeld.forEach(held -> arguments.addAll(List.of("--accept-held", held)));
        if (dry) {
            arguments.add("--dry-run");
        }
        return arguments;
    }

    List<String> shard(String plan, int shard) {
        List<String> arguments = arguments("run");
        arguments.addAll(List.of("--plan", plan, "--shard", String.valueOf(shard)));
        return arguments;
    }

    List<String> commit(String plan) {
        List<String> arguments = arguments("commit");
        arguments.addAll(List.of("--plan", plan));
        return arguments;
    }

    /** Transform and load are asked alike. */
    List<String> stage(boolean dry) {
        List<String> arguments = arguments();
        arguments.add("--json");
        if (dry) {
            arguments.add("--dry-run");
        }
        return arguments;
    }

    private List<String> arguments(String... verb) {
        List<String> arguments = new ArrayList<>(List.of(verb));
        arguments.addAll(List.of("--pipeline", pipeline, "--project", project.toString(), "--run-id", runId));
        environment.ifPresent(name -> arguments.addAll(List.of("--env", name)));
        return arguments;
    }
}
