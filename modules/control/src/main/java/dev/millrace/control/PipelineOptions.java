package dev.millrace.control;

import dev.millrace.contract.Contract;
import dev.millrace.contract.Contracts;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.job.LogContext;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every job is told: which pipeline of which project, in which environment, as part of which run. */
public final class PipelineOptions {
    @Option(
            names = "--pipeline",
            required = true,
            paramLabel = "NAME",
            description = "Pipeline: a folder below dags/pipelines.")
    private String pipeline = "";

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

    @Option(
            names = "--run-id",
            paramLabel = "ID",
            description = "Names this run in logs, ledger and lake; a new one if not given.")
    private String runId = UUID.randomUUID().toString();

    private @Nullable ControlDatabase control;

    /** How a stage ended. The sentence and the facts go into the run ledger. */
    public record Outcome(ExitCode exitCode, String sentence, String factsJson) {}

    public String pipeline() {
        return pipeline;
    }

    public String runId() {
        return runId;
    }

    public Path project() {
        return project;
    }

    public Contract contract() {
        return Contracts.of(project).read(pipeline);
    }

    public Environment environment() {
        return Environment.load(project, Optional.ofNullable(environment), System.getenv());
    }

    /** Opened once, and brought up to this version. */
    public ControlDatabase control() {
        ControlDatabase opened = control;
        if (opened == null) {
            Environment.Database database = environment().control();
            opened = ControlDatabase.open(
                    database.url(), database.user(), database.password().reveal());
            control = opened;
        }
        return opened;
    }

    /** Runs a stage with its facts on every log line, and writes into the ledger that it began and how it ended. */
    public ExitCode stage(String stage, Clock clock, Supplier<Outcome> work) {
        try (LogContext context =
                LogContext.fresh().run(runId).pipeline(pipeline).stage(stage)) {
            Runs runs = new Runs(control(), clock);
            runs.started(runId, stage, pipeline);
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
