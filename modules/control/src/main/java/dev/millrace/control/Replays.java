package dev.millrace.control;

import java.sql.PreparedStatement;
import java.util.List;

/** Where records were found that were landed again: each has a link to its original. Linking again changes nothing. */
public final class Replays {
    private static final SqlFile SQL = SqlFile.of(Replays.class);

    private final ControlDatabase control;

    public Replays(ControlDatabase control) {
        this.control = control;
    }

    /**
     * Links the records of an object to those of another one.
     *
     * @param records the numbers of the originals, for each record of the object in its order
     */
    public void link(String object, String original, String etag, List<Integer> records) {
        control.transact(connection -> {
            try (PreparedStatement save = connection.prepareStatement(SQL.statement("link"))) {
                save.setString(1, object);
                save.setString(2, original);
                save.setString(3, etag);
                save.setArray(4, connection.createArrayOf("integer", records.toArray()));
                save.executeUpdate();
            }
        });
    }
}
