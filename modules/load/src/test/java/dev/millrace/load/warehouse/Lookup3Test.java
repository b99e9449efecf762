package dev.millrace.load.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.load.Mill;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class Lookup3Test {
    private final Mill mill = new Mill();

    @Test
    void hashesTextsOfEveryLengthAsPostgresDoes() throws SQLException {
        String text = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich \u007f€😀".repeat(3);
        try (Connection connection = mill.connect();
                PreparedStatement query = connection.prepareStatement("select hashtextextended(?, 0)")) {
            for (int length = 0; length < 64; length++) {
                String part = text.substring(0, length);
                query.setString(1, part);
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    byte[] bytes = ("ab" + part).getBytes(StandardCharsets.UTF_8);
                    assertThat(Lookup3.hash(bytes, 2, bytes.length - 2)).isEqualTo(row.getLong(1));
                }
            }
        }
    }
}
