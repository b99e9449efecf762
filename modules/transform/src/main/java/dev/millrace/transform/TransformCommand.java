package dev.millrace.transform;

import static java.util.Objects.requireNonNull;

import dev.millrace.contract.Contract;
import dev.millrace.contract.ContractFile;
import dev.millrace.contract.Contracts;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.Json;
import dev.millrace.control.Runs;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import dev.millrace.job.JobException;
import dev.millrace.job.LogContext;
import dev.millrace.transform.session.LakeAccess;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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

    @Option(names = "--pipeline", paramLabel = "NAME", description = "The pipeline, one of the project's.")
    private @Nullable String pipeline;

    @Option(
            names = "--contract",
            paramLabel = "FILE",
            description = "The contract, where it is none of the project's pipelines.")
    private @Nullable Path contractFile;

    @Option(names = "--env", paramLabel = "NAME", description = "The environment; default: MILLRACE_ENV, else local.")
    private @Nullable String environmentName;

    @Option(
            names = "--project",
            paramLabel = "FOLDER",
            defaultValue = ".",
            description = "The project's folder; default: where you are.")
    private Path project = Path.of(".");

    @Option(
            names = "--run-id",
            paramLabel = "ID",
            description = "Names this run in the ledger and the lake's snapshots; default: a new one.")
    private @Nullable String runId;

    @Option(names = "--dry-run", description = "Only say what is stale, why, and what it would cost.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public ExitCode call() {
        Contract contract = contract();
        Environment environment = Environment.load(project, Optional.ofNullable(environmentName), System.getenv());
        String run = runId == null ? UUID.randomUUID().toString() : runId;
        try (LogContext context =
                LogContext.fresh().run(run).pipeline(contract.pipeline()).stage(STAGE)) {
            Clock clock = Clock.systemUTC();
            ControlDatabase control = ControlDatabase.open(
                    environment.control().url(),
                    environment.control().user(),
                    environment.control().password().reveal());
            TransformJob job = new TransformJob(contract, control, LakeAccess.of(environment), run, clock);
            TransformResult result = dryRun ? job.plan() : inLedger(new Runs(control, clock), run, contract, job);
            print(result);
            return dryRun ? ExitCode.DONE : result.exitCode();
        }
    }

    private static TransformResult inLedger(Runs runs, String run, Contract contract, TransformJob job) {
        runs.started(run, STAGE, contract.pipeline());
        try {
            TransformResult result = job.run();
            runs.finished(run, STAGE, result.exitCode(), "", Json.write(result));
            return result;
        } catch (JobException e) {
            runs.finished(run, STAGE, e.exitCode(), String.valueOf(e.getMessage()), "{}");
            throw e;
        } catch (RuntimeException e) {
            runs.finished(run, STAGE, ExitCode.BUG, e.getClass().getName(), "{}");
            throw e;
        }
    }

    private Contract contract() {
        if (contractFile != null && pipeline == null) {
            return ContractFile.read(contractFile);
        }
        if (pipeline != null && contractFile == null) {
            return Contracts.of(project).read(pipeline);
        }
        throw new JobException(ExitCode.USAGE, "Give either --pipeline NAME or --contract FILE.");
    }

    private void print(TransformResult result) {
        PrintWriter out = requireNonNull(spec).commandLine().getOut();
        out.println(json ? Json.write(result) : result.text());
        out.flush();
    }
}
