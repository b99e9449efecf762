package dev.millrace.control;

import dev.millrace.contract.Contract;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.job.LogContext;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a stage is told: which pipeline of a project it works on, and as part of which run. */
public final class PipelineOptions extends ProjectOptions {
    /** Asked for when it is needed: were it required by the parser, a subcommand could not do without its parent's. */
    @Option(names = "--pipeline", paramLabel = "NAME", description = "Pipeline: a folder below dags/pipelines.")
    private @Nullable String pipeline;

    @Option(
            names = "--run-id",
            paramLabel = "ID",
            description = "Names this run in logs, ledger and lake; a new one if not given.")
    private String runId = UUID.randomUUID().toString();

    /** How a stage ended. The sentence and the facts go into the run ledger. */
    public record Outcome(ExitCode exitCode, String sentence, String factsJson) {}

    public String pipeline() {
        String named = pipeline;
        if (named == null) {
            throw new JobException(
                    ExitCode.USAGE, "Missing required option: '--pipeline=NAME', a folder below dags/pipelines.");
        }
        return named;
    }

    public String runId() {
        return runId;
    }

    public Contract contract() {
        return contracts().read(pipeline());
    }

    /** Runs a stage with its facts on every log line, and writes into the ledger that it began and how it ended. */
    public ExitCode stage(String stage, Clock clock, Supplier<Outcome> work) {
        try (LogContext context =
                        LogContext.fresh().run(runId).pipeline(pipeline()).stage(stage);
                ControlDatabase control = control()) {
            Runs runs = new Runs(control, clock);
            runs.started(runId, stage, pipeline());
            Outcome outcome;
            try {
                outcome = work.get();
            } catch (RuntimeException e) {
                ExitCode exitCode = Job.fail(e);
                String sentence = e instanceof JobException
                        ? String.valueOf(e.getMessage())
                        : e.getClass().getName();
                finish(runs, stage, new Outcome(exitCode, sentence, "{}"));
                return exitCode;
            }
            runs.finished(runId, stage, outcome.exitCode(), outcome.sentence(), outcome.factsJson());
            return outcome.exitCode();
        }
    }

    private void finish(Runs runs, String stage, Outcome outcome) {
        try {
            runs.finished(runId, stage, outcome.exitCode(), outcome.sentence(), outcome.factsJson());
        } catch (JobException unreachable) {
            // The control database is what failed; the exit code has to say it alone.
        }
    }
}
