package dev.millrace.cli.airflow;

import static java.util.Objects.requireNonNull;

import dev.millrace.local.AirflowAccess;

/**
 * An Airflow to talk to. Its text never holds the password.
 *
 * @param address of user interface and REST
 */
public record AirflowServer(String address, String user, String password, TaskLogs logs) {
    public AirflowServer {
        requireNonNull(address, "address");
        requireNonNull(user, "user");
        requireNonNull(password, "password");
        requireNonNull(logs, "logs");
    }

    /** One on this machine, whose logs are files. */
    public static AirflowServer of(AirflowAccess access) {
        return new AirflowServer(
                access.address(),
                access.user(),
                access.password(),
                task -> task.log(access.taskLogs()).toString());
    }

    /** One whose logs only it can show. */
    public static AirflowServer at(String address, String user, String password) {
        return new AirflowServer(address, user, password, task -> address + task.page());
    }

    @Override
    public String toString() {
        return "AirflowServer[" + user + "@" + address + "]";
    }
}
