package dev.millrace.load;

import dev.millrace.environment.Environment;
import dev.millrace.load.warehouse.PostgresWarehouse;
import dev.millrace.load.warehouse.Warehouse;
import java.time.Duration;

/** What an environment names, as the jobs take it. */
final class Connections {
    private Connections() {}

    static Warehouse warehouse(Environment environment, Duration patience) {
        Environment.Database database = environment.warehouse().database();
        return switch (environment.warehouse().kind()) {
            case POSTGRES ->
                PostgresWarehouse.of(
                        database.url(), database.user(), database.password().reveal(), patience);
        };
    }
}
