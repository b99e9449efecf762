package dev.millrace.local;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Instant;

/**
 * Where the running Airflow is and how to get in. Its text never holds the password.
 *
 * @param address of user interface and REST
 * @param taskLogs the folder below which every task leaves its log
 * @param madeOf tells one way of having started it from another
 */
public record AirflowAccess(
        String address, String user, String password, Path taskLogs, String madeOf, long pid, Instant startedAt) {

    public AirflowAccess {
        requireNonNull(address, "address");
        requireNonNull(user, "user");
        requireNonNull(password, "password");
        requireNonNull(taskLogs, "taskLogs");
        requireNonNull(madeOf, "madeOf");
        requireNonNull(startedAt, "startedAt");
    }

    @Override
    public String toString() {
        return "AirflowAccess[" + user + "@" + address + "]";
    }
}
