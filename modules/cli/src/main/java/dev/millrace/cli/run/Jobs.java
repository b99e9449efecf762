package dev.millrace.cli.run;

import dev.millrace.cli.process.Children.Ended;
import dev.millrace.cli.process.JobModule;
import dev.millrace.cli.process.JobProcess.Workload;
import java.util.List;

/** Runs a job to its end. */
public interface Jobs {
    Ended run(JobModule module, Workload workload, List<String> arguments);
}
