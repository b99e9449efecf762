package dev.millrace.environment;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where an environment's parts are and how to get in: everything that {@code millrace.yaml} says of it, resolved.
 *
 * @param hashKey the key of the mask {@code hash}, for contracts that have one
 */
public record Environment(
        String name,
        Path stateFolder,
        Landing landing,
        Lake lake,
        Feeds feeds,
        Database control,
        Warehouse warehouse,
        Optional<Secret> hashKey,
        TaskRuntime runtime) {

    public static final String FILE = "millrace.yaml";
    /** A key of HMAC-SHA-256 that is shorter than its output would be its weakest part. */
    public static final int SHORTEST_HASH_KEY = 32;

    public Environment {
        requireNonNull(name, "name");
        requireNonNull(stateFolder, "stateFolder");
        requireNonNull(landing, "landing");
        requireNonNull(lake, "lake");
        requireNonNull(feeds, "feeds");
        requireNonNull(control, "control");
        requireNonNull(warehouse, "warehouse");
        requireNonNull(hashKey, "hashKey");
        requireNonNull(runtime, "runtime");
    }

    /** The bucket in which objects land. */
    public record Landing(String bucket, ObjectStore store) {}

    /** The folder of the lake's tables, {@code s3://bucket/path} without a slash at its end. */
    public record Lake(URI warehouse, ObjectStore store) {
        public String bucket() {
            return warehouse.getAuthority();
        }
    }

    /** An S3. Without credentials the SDK looks for them as it does by itself. */
    public record ObjectStore(
            Optional<URI> endpoint, String region, boolean pathStyle, Optional<Credentials> credentials) {}

    /** Where queues and streams are: nowhere beside the local services, unless they are told of. */
    public record Feeds(Optional<Service> sqs, Optional<Service> kinesis) {}

    /** A service of AWS, or a server that speaks its protocol. Without credentials the SDK looks for them by itself. */
    public record Service(Optional<URI> endpoint, String region, Optional<Credentials> credentials) {}

    public record Credentials(String accessKey, Secret secretKey) {}

    /** A Postgres database. */
    public record Database(String url, String user, Secret password) {}

    public record Warehouse(Kind kind, Database database) {
        public enum Kind {
            POSTGRES
        }
    }

    /** How the steps of a pipeline are run. */
    public enum TaskRuntime {
        /** Each in a process of its own, on this machine. */
        PROCESS,
        /** Each in a container of Docker, or of whatever speaks its language. */
        DOCKER,
        /** Each in a pod. */
        KUBERNETES,
        /** Each in a task of Amazon ECS. */
        ECS
    }

    /**
     * Reads an environment of the project in this folder. What is given here goes before {@code MILLRACE_*} among the
     * variables, and these before the file. All mistakes of the file are told at once.
     */
    public static Environment load(Path project, Optional<String> name, Map<String, String> variables) {
        return new EnvironmentReader(project, variables).read(name);
    }

    /** Where local state is kept: {@code MILLRACE_STATE}, else {@code .millrace} in the project's folder. */
    public static Path stateFolder(Path project, Map<String, String> variables) {
        String chosen = variables.getOrDefault("MILLRACE_STATE", "");
        return project.resolve(chosen.isBlank() ? ".millrace" : chosen);
    }
}
