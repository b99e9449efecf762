package dev.millrace.control;

import dev.millrace.job.ExitCode;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The run ledger: every attempt of a stage, and how it ended. */
public final class Runs {
    private static final SqlFile SQL = SqlFile.of(Runs.class);

    private final ControlDatabase control;
    private final Clock clock;

    public Runs(ControlDatabase control, Clock clock) {
        this.control = control;
        this.clock = clock;
    }

    /** One line of the ledger. An attempt without an exit code is running, or died without a word. */
    public record Run(
            String runId,
            String stage,
            String pipeline,
            Instant startedAt,
            @Nullable Instant finishedAt,
            OptionalInt exitCode,
            String sentence) {}

    /** A stage tried again under the same run id takes the line over. */
    public void started(String runId, String stage, String pipeline) {
        control.transact(connection -> {
            try (PreparedStatement save = connection.prepareStatement(SQL.statement("started"))) {
                save.setString(1, runId);
                save.setString(2, stage);
                save.setString(3, pipeline);
                save.setTimestamp(4, Timestamp.from(clock.instant()));
                save.executeUpdate();
            }
        });
    }

    public void finished(String runId, String stage, ExitCode exitCode, String sentence, String factsJson) {
        control.transact(connection -> {
            try (PreparedStatement save = connection.prepareStatement(SQL.statement("finished"))) {
                save.setTimestamp(1, Timestamp.from(clock.instant()));
                save.setInt(2, exitCode.code());
                save.setString(3, sentence);
                save.setString(4, factsJson);
                save.setString(5, runId);
                save.setString(6, stage);
                save.executeUpdate();
            }
        });
    }

    /** The latest attempts of a pipeline, newest first. */
    public List<Run> latest(String pipeline, int atMost) {
        return control.read(connection -> {
            List<Run> runs = new ArrayList<>();
            try (PreparedStatement query = connection.prepareStatement(SQL.statement("latest"))) {
                query.setString(1, pipeline);
                query.setInt(2, atMost);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        runs.add(run(row));
                    }
                }
            }
            return runs;
        });
    }

    /** One attempt with what its job told, as JSON: an empty object where it told nothing. */
    public record Told(Run run, String facts) {}

    /** What began since then, in the order of beginning. */
    public List<Told> since(String pipeline, Instant begin) {
        return control.read(connection -> {
            List<Told> told = new ArrayList<>();
            try (PreparedStatement query = connection.prepareStatement(SQL.statement("since"))) {
                query.setString(1, pipeline);
                query.setTimestamp(2, Timestamp.from(begin));
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        told.add(new Told(run(row), row.getString("facts")));
                    }
                }
            }
            return told;
        });
    }

    private static Run run(ResultSet row) throws SQLException {
        Timestamp finished = row.getTimestamp("finished_at");
        int exit = row.getInt("exit_code");
        OptionalInt exitCode = row.wasNull() ? OptionalInt.empty() : OptionalInt.of(exit);
        String sentence = row.getString("sentence");
        return new Run(
                row.getString("run_id"),
                row.getString("stage"),
                row.getString("pipeline"),
                row.getTimestamp("started_at").toInstant(),
                finished == null ? null : finished.toInstant(),
                exitCode,
                sentence == null ? "" : sentence);
    }
}
