package dev.millrace.transform;

import static java.util.Objects.requireNonNull;

import dev.millrace.control.Json;
import dev.millrace.control.PipelineOptions;
import dev.millrace.control.PipelineOptions.Outcome;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.transform.session.LakeAccess;
import java.io.PrintWriter;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "transform",
        mixinStandardHelpOptions = true,
        description = "Rebuilds whatever is stale of a pipeline's base tables and models.",
        footer = {"", "Example: transform --pipeline consents --dry-run"})
final class TransformCommand implements Job.Verb {
    private static final String STAGE = "transform";

    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Option(names = "--dry-run", description = "Only say what is stale, why, and what it would cost.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public ExitCode call() {
        if (dryRun) {
            print(job(Clock.systemUTC()).plan());
            return ExitCode.DONE;
        }
        Clock clock = Clock.systemUTC();
        return options.stage(STAGE, clock, () -> {
            TransformResult result = job(clock).run();
            print(result);
            return new Outcome(result.exitCode(), result.sentence(), Json.write(result));
        });
    }

    private TransformJob job(Clock clock) {
        return new TransformJob(
                options.contract(), options.control(), LakeAccess.of(options.environment()), options.runId(), clock);
    }

    private void print(TransformResult result) {
        PrintWriter out = requireNonNull(spec).commandLine().getOut();
        out.println(json ? Json.write(result) : result.text());
        out.flush();
    }
}
