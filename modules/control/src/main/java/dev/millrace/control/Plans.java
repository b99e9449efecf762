package dev.millrace.control;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;

/** Frozen plans. A plan's body and its shards are documents of the stage that wrote them, and never change. */
public final class Plans {
    private static final SqlFile SQL = SqlFile.of(Plans.class);

    private final ControlDatabase control;

    public Plans(ControlDatabase control) {
        this.control = control;
    }

    /** An id that no plan has: the run's own for its first plan, and numbered ones where it has to plan again. */
    public String next(String runId) {
        return control.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(SQL.statement("next"))) {
                query.setString(1, runId);
                query.setString(2, runId);
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    long before = row.getLong(1);
                    return before == 0 ? runId : runId + "." + (before + 1);
                }
            }
        });
    }

    public void freeze(String planId, String pipeline, String body, List<String> shards, Instant now) {
        control.transact(connection -> {
            try (PreparedStatement save = connection.prepareStatement(SQL.statement("freeze"))) {
                save.setString(1, planId);
                save.setString(2, pipeline);
                save.setTimestamp(3, Timestamp.from(now));
                save.setString(4, body);
                save.executeUpdate();
            }
            try (PreparedStatement save = connection.prepareStatement(SQL.statement("freeze_shard"))) {
                for (int shard = 0; shard < shards.size(); shard++) {
                    save.setString(1, planId);
                    save.setInt(2, shard);
                    save.setString(3, shards.get(shard));
                    save.addBatch();
                }
                save.executeBatch();
            }
        });
    }

    public String body(String planId) {
        return control.read(connection -> one(connection, "body", planId, -1));
    }

    public String shard(String planId, int shard) {
        return control.read(connection -> one(connection, "shard", planId, shard));
    }

    /** Belongs into the transaction that ends the plan's commit. */
    public void committed(Connection connection, String planId, Instant now) throws SQLException {
        try (PreparedStatement save = connection.prepareStatement(SQL.statement("committed"))) {
            save.setTimestamp(1, Timestamp.from(now));
            save.setString(2, planId);
            save.executeUpdate();
        }
    }

    private static String one(Connection connection, String statement, String planId, int shard) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(SQL.statement(statement))) {
            query.setString(1, planId);
            if (shard >= 0) {
                query.setInt(2, shard);
            }
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    throw new JobException(
                            ExitCode.USAGE,
                            "There is no plan " + planId + (shard >= 0 ? " with a shard " + shard : "")
                                    + " in the control database: run 'ingest plan' first.");
                }
                return row.getString(1);
            }
        }
    }
}
