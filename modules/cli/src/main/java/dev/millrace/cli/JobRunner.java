package dev.millrace.cli;

import dev.millrace.cli.process.Children;
import dev.millrace.cli.process.Children.Ended;
import dev.millrace.cli.process.Installation;
import dev.millrace.cli.process.JobModule;
import dev.millrace.cli.process.JobProcess;
import dev.millrace.cli.process.JobProcess.Workload;
import dev.millrace.cli.run.JobEnd;
import dev.millrace.cli.run.Jobs;
import java.util.List;
import java.util.function.Consumer;

/** Jobs as processes of this checkout, which end when this command does. */
final class JobRunner implements Jobs {
    private static final Children CHILDREN = Children.ofThisProcess();

    private final JobProcess processes;
    private final Consumer<String> log;

    /** @param log is told every line that a job logs */
    JobRunner(Installation installation, Consumer<String> log) {
        this.processes = new JobProcess(installation, System.getenv());
        this.log = log;
    }

    @Override
    public Ended run(JobModule module, Workload workload, List<String> arguments) {
        return CHILDREN.run(processes.command(module, workload, arguments), Terminal.forJobs(), log);
    }

    JobEnd end(JobModule module, Workload workload, List<String> arguments) {
        return JobEnd.of(module, run(module, workload, arguments));
    }

    /** Runs a job that prints for itself. */
    int show(JobModule module, Workload workload, List<String> arguments) {
        return CHILDREN.show(processes.command(module, workload, arguments), Terminal.forJobs());
    }
}
