package dev.millrace.cli;

import dev.millrace.cli.run.LoggedProgress;
import dev.millrace.cli.run.Progress;
import dev.millrace.cli.run.ProgressBar;
import java.util.HashMap;
import java.util.Map;

/** Whether a person is there: the entry script knows, as Java does not tell standard error apart from standard output. */
final class Terminal {
    private static final String WATCHED = "millrace.terminal";
    private static final String ANSWERS = "millrace.answers";
    private static final String LEVEL = "MILLRACE_LOG_LEVEL";

    private Terminal() {}

    static boolean isWatched() {
        return Boolean.getBoolean(WATCHED);
    }

    /** A bar where somebody looks on, and lines where they are kept. */
    static Progress progress() {
        return isWatched() ? new ProgressBar(System.err, System::nanoTime) : new LoggedProgress(System.err);
    }

    /** Whether a person can be asked a question. */
    static boolean answers() {
        return Boolean.getBoolean(ANSWERS);
    }

    /** What a job is told: below a progress bar its log is for a person, and only what matters. */
    static Map<String, String> forJobs() {
        Map<String, String> variables = new HashMap<>();
        if (isWatched()) {
            variables.put("MILLRACE_LOG", System.getenv().getOrDefault("MILLRACE_LOG", "text"));
            variables.put(LEVEL, System.getenv().getOrDefault(LEVEL, "warn"));
        }
        return variables;
    }
}
