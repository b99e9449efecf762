package dev.millrace.cli.run;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each step that has ended, in the form that the log has. */
public final class LoggedProgress implements Progress {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedProgress.class);

    private final PrintStream jobsLog;

    /** @param jobsLog where the jobs' own lines go, unchanged */
    public LoggedProgress(PrintStream jobsLog) {
        this.jobsLog = jobsLog;
    }

    @Override
    public void begins(String step, int number, int of) {}

    @Override
    public void ended(String step, String how, Duration took) {
        LOG.info("{}: {} in {} s", step, how, String.format(Locale.ROOT, "%.1f", took.toMillis() / 1000.0));
    }

    @Override
    public void logged(String line) {
        jobsLog.println(line);
    }

    @Override
    public void close() {}
}
