package dev.millrace.control;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a source, a queue or a stream, has given to the landing bucket. An object is announced before it is written: after a
 * death in between, its key says whether what was in it has landed. All that changes anything wants the source's lock, so that
 * a run that was overtaken changes nothing any more.
 */
public final class Landings {
    private static final SqlFile SQL = SqlFile.of(Landings.class);

    private final ControlDatabase control;
    private final TableLock lock;
    private final String source;
    private final Clock clock;

    /** @param lock that of the source */
    public Landings(ControlDatabase control, TableLock lock, String source, Clock clock) {
        this.control = control;
        this.lock = lock;
        this.source = source;
        this.clock = clock;
    }

    /**
     * Says that an object is about to be written.
     *
     * @param messages the ids of the messages in it, where they have any
     * @param positions how far it brings each shard, where the source has shards
     */
    public void announce(String object, Collection<String> messages, Map<String, String> positions) {
        control.transact(connection -> {
            lock.confirm(connection);
            try (PreparedStatement save = connection.prepareStatement(SQL.statement("announce"))) {
                save.setString(1, object);
                save.setString(2, source);
                save.setTimestamp(3, now());
                save.executeUpdate();
            }
            try (PreparedStatement save = connection.prepareStatement(SQL.statement("announce_messages"))) {
                save.setString(1, source);
                save.setArray(2, texts(connection, messages));
                save.setString(3, object);
                save.executeUpdate();
            }
            try (PreparedStatement save = connection.prepareStatement(SQL.statement("announce_shard"))) {
                for (Map.Entry<String, String> position : positions.entrySet()) {
                    save.setString(1, object);
                    save.setString(2, position.getKey());
                    save.setString(3, position.getValue());
                    save.addBatch();
                }
                save.executeBatch();
            }
        });
    }

    /** The object is durable: its messages are known from now on, and its shards stand behind it. */
    public void landed(String object) {
        control.transact(connection -> {
            lock.confirm(connection);
            try (PreparedStatement save = connection.prepareStatement(SQL.statement("landed"))) {
                save.setTimestamp(1, now());
                save.setString(2, object);
                save.executeUpdate();
            }
            try (PreparedStatement save = connection.prepareStatement(SQL.statement("moved"))) {
                save.setString(1, object);
                save.executeUpdate();
            }
        });
    }

    /** The object was not written, and never will be: what was announced for it is still to land. */
    public void forsake(String object) {
        control.transact(connection -> {
            lock.confirm(connection);
            try (PreparedStatement save = connection.prepareStatement(SQL.statement("forsake"))) {
                save.setString(1, object);
                save.executeUpdate();
            }
        });
    }

    /** Objects that were announced by runs that died before they could tell more. */
    public List<String> announced() {
        return control.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(SQL.statement("announced"))) {
                query.setString(1, source);
                return texts(query);
            }
        });
    }

    /** Which of these messages have landed. */
    public Set<String> known(Collection<String> messages) {
        return control.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(SQL.statement("known"))) {
                query.setString(1, source);
                query.setArray(2, texts(connection, messages));
                return new HashSet<>(texts(query));
            }
        });
    }

    /** How far each shard has come. */
    public SortedMap<String, String> positions() {
        return control.read(connection -> {
            SortedMap<String, String> positions = new TreeMap<>();
            try (PreparedStatement query = connection.prepareStatement(SQL.statement("positions"))) {
                query.setString(1, source);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        positions.put(row.getString(1), row.getString(2));
                    }
                }
            }
            return positions;
        });
    }

    /** Forgets objects that landed longer ago than this, with their messages. */
    public void forget(Duration age) {
        control.transact(connection -> {
            lock.confirm(connection);
            try (PreparedStatement save = connection.prepareStatement(SQL.statement("forget"))) {
                save.setString(1, source);
                save.setTimestamp(2, Timestamp.from(clock.instant().minus(age)));
                save.executeUpdate();
            }
        });
    }

    private Timestamp now() {
        return Timestamp.from(clock.instant());
    }

    private static Array texts(Connection connection, Collection<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }

    private static List<String> texts(PreparedStatement query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }
}
