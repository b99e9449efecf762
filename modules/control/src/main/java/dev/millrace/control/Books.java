package dev.millrace.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Stamps, edges and books of the landing hours of tables. */
public final class Books {
    private static final SqlFile SQL = SqlFile.of(Books.class);

    private final ControlDatabase control;

    public Books(ControlDatabase control) {
        this.control = control;
    }

    /** The recorded hours in {@code [from, to)}, by hour. */
    public SortedMap<String, HourBook> hours(String table, String from, String to) {
        return control.read(connection -> {
            Map<String, List<ObjectBook>> objects = objects(connection, table, from, to);
            Map<String, SortedMap<String, Long>> reasons = reasons(connection, table, from, to);
            SortedMap<String, HourBook> hours = new TreeMap<>();
            try (PreparedStatement query = between(connection, "hours", table, from, to);
                    ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    String hour = row.getString("hour");
                    hours.put(
                            hour,
                            new HourBook(
                                    hour,
                                    row.getLong("generation"),
                                    row.getBoolean("held"),
                                    new MadeOf(Json.readTexts(row.getString("made_of"))),
                                    objects.getOrDefault(hour, List.of()),
                                    reasons.getOrDefault(hour, new TreeMap<>()),
                                    row.getLong("published"),
                                    row.getString("plan_id")));
                }
            }
            return hours;
        });
    }

    /** Every recorded hour. */
    public SortedMap<String, HourBook> hours(String table) {
        return hours(table, "", "~");
    }

    /** What every hour feeds into every period, in the order of hours and periods. */
    public List<Edge> edges(String table) {
        return control.read(connection -> {
            List<Edge> edges = new ArrayList<>();
            try (PreparedStatement query = connection.prepareStatement(SQL.statement("edges"))) {
                query.setString(1, table);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        edges.add(new Edge(
                                row.getString("hour"),
                                row.getString("period"),
                                row.getLong("rows"),
                                row.getString("content"),
                                row.getString("keys")));
                    }
                }
            }
            return edges;
        });
    }

    /**
     * From here until the hour is recorded, nobody knows what the lake holds of it: a crash in between must leave it stale.
     * Belongs into a transaction before the lake is changed.
     */
    public void announce(Connection connection, String table, String hour, String planId, Instant now)
            throws SQLException {
        try (PreparedStatement save = connection.prepareStatement(SQL.statement("announce"))) {
            save.setString(1, table);
            save.setString(2, hour);
            save.setString(3, planId);
            save.setTimestamp(4, Timestamp.from(now));
            save.executeUpdate();
        }
    }

    /**
     * Records an hour as examined. A held one keeps its edges, as its clean rows stay what they were: then {@code edges} is
     * empty. Belongs into the transaction that ends a commit.
     */
    public void record(
            Connection connection, String table, HourBook hour, Optional<Collection<Edge>> edges, Instant now)
            throws SQLException {
        try (PreparedStatement save = connection.prepareStatement(SQL.statement("save_hour"))) {
            save.setString(1, table);
            save.setString(2, hour.hour());
            save.setLong(3, hour.generation());
            save.setBoolean(4, hour.held());
            save.setString(5, Json.write(hour.madeOf().parts()));
            save.setLong(6, hour.landed());
            save.setLong(7, hour.clean());
            save.setLong(8, hour.duplicate());
            save.setLong(9, hour.quarantined());
            save.setLong(10, hour.published());
            save.setString(11, hour.planId());
            save.setTimestamp(12, Timestamp.from(now));
            save.executeUpdate();
        }
        forget(connection, "forget_objects", table, hour.hour());
        try (PreparedStatement save = connection.prepareStatement(SQL.statement("save_object"))) {
            for (ObjectBook object : hour.objects()) {
                save.setString(1, table);
                save.setString(2, hour.hour());
                save.setString(3, object.object());
                save.setString(4, object.etag());
                save.setLong(5, object.size());
                save.setString(6, object.repeats().orElse(null));
                save.setBoolean(7, object.present());
                save.setBoolean(8, object.published());
                save.setLong(9, object.landed());
                save.setLong(10, object.clean());
                save.setLong(11, object.duplicate());
                save.setLong(12, object.quarantined());
                save.addBatch();
            }
            save.executeBatch();
        }
        forget(connection, "forget_reasons", table, hour.hour());
        try (PreparedStatement save = connection.prepareStatement(SQL.statement("save_reason"))) {
            for (Map.Entry<String, Long> reason : hour.reasons().entrySet()) {
                save.setString(1, table);
                save.setString(2, hour.hour());
                save.setString(3, reason.getKey());
                save.setLong(4, reason.getValue());
                save.addBatch();
            }
            save.executeBatch();
        }
        if (edges.isPresent()) {
            forget(connection, "forget_edges", table, hour.hour());
            try (PreparedStatement save = connection.prepareStatement(SQL.statement("save_edge"))) {
                for (Edge edge : edges.get()) {
                    save.setString(1, table);
                    save.setString(2, edge.hour());
                    save.setString(3, edge.period());
                    save.setLong(4, edge.rows());
                    save.setString(5, edge.content());
                    save.setString(6, edge.keys());
                    save.addBatch();
                }
                save.executeBatch();
            }
        }
    }

    private static void forget(Connection connection, String statement, String table, String hour) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(SQL.statement(statement))) {
            delete.setString(1, table);
            delete.setString(2, hour);
            delete.executeUpdate();
        }
    }

    private static PreparedStatement between(
            Connection connection, String statement, String table, String from, String to) throws SQLException {
        PreparedStatement query = connection.prepareStatement(SQL.statement(statement));
        query.setString(1, table);
        query.setString(2, from);
        query.setString(3, to);
        return query;
    }

    private static Map<String, List<ObjectBook>> objects(Connection connection, String table, String from, String to)
            throws SQLException {
        Map<String, List<ObjectBook>> objects = new HashMap<>();
        try (PreparedStatement query = between(connection, "objects", table, from, to);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                objects.computeIfAbsent(row.getString("hour"), hour -> new ArrayList<>())
                        .add(new ObjectBook(
                                row.getString("object"),
                                row.getString("etag"),
                                row.getLong("size"),
                                Optional.ofNullable(row.getString("repeats")),
                                row.getBoolean("present"),
                                row.getBoolean("published"),
                                row.getLong("landed"),
                                row.getLong("clean"),
                                row.getLong("duplicate"),
                                row.getLong("quarantined")));
            }
        }
        return objects;
    }

    private static Map<String, SortedMap<String, Long>> reasons(
            Connection connection, String table, String from, String to) throws SQLException {
        Map<String, SortedMap<String, Long>> reasons = new HashMap<>();
        try (PreparedStatement query = between(connection, "reasons", table, from, to);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                reasons.computeIfAbsent(row.getString("hour"), hour -> new TreeMap<>())
                        .put(row.getString("reason"), row.getLong("records"));
            }
        }
        return reasons;
    }
}
