package dev.millrace.local;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/** Where the running services are and how to get in. Texts of these records never hold a secret. */
public record Services(S3Access s3, PostgresAccess postgres, Masks masks, long pid, Instant startedAt) {

    public Services {
        requireNonNull(s3, "s3");
        requireNonNull(postgres, "postgres");
        requireNonNull(masks, "masks");
        requireNonNull(startedAt, "startedAt");
    }

    /** The key of the mask {@code hash}. It was drawn with the folder, and masks nothing that is of worth. */
    public record Masks(String hashKey) {
        public Masks {
            requireNonNull(hashKey, "hashKey");
        }

        @Override
        public String toString() {
            return "Masks[hidden]";
        }
    }

    /** The S3 server and its two buckets. */
    public record S3Access(
            String endpoint, String region, String accessKey, String secretKey, String landing, String lake) {

        public S3Access {
            requireNonNull(endpoint, "endpoint");
            requireNonNull(region, "region");
            requireNonNull(accessKey, "accessKey");
            requireNonNull(secretKey, "secretKey");
            requireNonNull(landing, "landing");
            requireNonNull(lake, "lake");
        }

        @Override
        public String toString() {
            return "S3Access[" + endpoint + ", landing=" + landing + ", lake=" + lake + "]";
        }
    }

    /** The Postgres server and the names of its two databases. */
    public record PostgresAccess(
            String host, int port, String user, String password, String control, String warehouse) {

        public PostgresAccess {
            requireNonNull(host, "host");
            requireNonNull(user, "user");
            requireNonNull(password, "password");
            requireNonNull(control, "control");
            requireNonNull(warehouse, "warehouse");
        }

        public String controlUrl() {
            return url(control);
        }

        public String warehouseUrl() {
            return url(warehouse);
        }

        String url(String database) {
            return "jdbc:postgresql://" + host + ":" + port + "/" + database;
        }

        @Override
        public String toString() {
            return "PostgresAccess[" + user + "@" + host + ":" + port + ", control=" + control + ", warehouse="
                    + warehouse + "]";
        }
    }
}
