package dev.millrace.control;

import dev.millrace.control.PartitionBook.Layer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** Stamps and contents of the periods of base tables and models. */
public final class Partitions {
    private static final SqlFile SQL = SqlFile.of(Partitions.class);

    private final ControlDatabase control;

    public Partitions(ControlDatabase control) {
        this.control = control;
    }

    /** The periods of a table that were ever built, those that have no rows any more included. */
    public SortedMap<String, PartitionBook> of(String table) {
        return control.read(connection -> {
            SortedMap<String, PartitionBook> partitions = new TreeMap<>();
            try (PreparedStatement query = connection.prepareStatement(SQL.statement("partitions"))) {
                query.setString(1, table);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        partitions.put(
                                row.getString("period"),
                                new PartitionBook(
                                        row.getString("period"),
                                        Layer.valueOf(row.getString("layer").toUpperCase(Locale.ROOT)),
                                        new MadeOf(Json.readTexts(row.getString("made_of"))),
                                        row.getString("content"),
                                        row.getLong("rows"),
                                        row.getLong("duplicates"),
                                        row.getString("duplicate_content"),
                                        row.getString("run_id")));
                    }
                }
            }
            return partitions;
        });
    }

    /** Records periods as built. Belongs into the transaction that ends a publication. */
    public void record(Connection connection, String table, Collection<PartitionBook> partitions, Instant now)
            throws SQLException {
        try (PreparedStatement save = connection.prepareStatement(SQL.statement("save"))) {
            for (PartitionBook partition : partitions) {
                save.setString(1, table);
                save.setString(2, partition.period());
                save.setString(3, partition.layer().namespace());
                save.setString(4, Json.write(partition.madeOf().parts()));
                save.setString(5, partition.content());
                save.setLong(6, partition.rows());
                save.setLong(7, partition.duplicates());
                save.setString(8, partition.duplicateContent());
                save.setString(9, partition.runId());
                save.setTimestamp(10, Timestamp.from(now));
                save.addBatch();
            }
            save.executeBatch();
        }
    }
}
