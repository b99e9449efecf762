package dev.millrace.environment;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A setting of an environment, declared once: the reader reads by the declaration, and the reference page is written
 * from it.
 *
 * @param section the mapping in which it stands; empty for the environment itself
 * @param fallback what holds where it is not written, in words
 */
record EnvironmentSetting(String section, String name, Form form, String values, String fallback, String meaning) {

    /** How it may be written. */
    enum Form {
        TEXT,
        TRUTH,
        /** A reference to where the text is, and nothing else: files with secrets get shared. */
        SECRET,
        TEXT_OR_SECRET
    }

    private static final String REFERENCE = "`{env: NAME}`, `{file: path}`";

    static final EnvironmentSetting SERVICES = new EnvironmentSetting(
            "",
            "services",
            Form.TEXT,
            "`local`",
            "none",
            "With `local`, what is not written is taken from the services that `./millrace up` started.");
    static final EnvironmentSetting BUCKET = new EnvironmentSetting(
            "landing",
            "bucket",
            Form.TEXT,
            "a name of lower-case letters, digits, `.` and `-`",
            "required",
            "Where objects land.");
    static final ObjectStoreSettings LANDING_STORE =
            ObjectStoreSettings.of("landing", "required", "none: the SDK's own chain");
    static final EnvironmentSetting LAKE = new EnvironmentSetting(
            "lake", "warehouse", Form.TEXT, "`s3://bucket/path`", "required", "The folder of the lake's tables.");
    static final ObjectStoreSettings LAKE_STORE = ObjectStoreSettings.of(
            "lake",
            "the landing's, if `lake` has none of these five",
            "the landing's, if `lake` has none of these five");
    static final ServiceSettings SQS = ServiceSettings.of("sqs", "An SQS that is not AWS's.", "The queues' region.");
    static final ServiceSettings KINESIS =
            ServiceSettings.of("kinesis", "A Kinesis that is not AWS's.", "The streams' region.");
    static final DatabaseSettings CONTROL = DatabaseSettings.of("control", "the control database");
    static final EnvironmentSetting KIND = new EnvironmentSetting(
            "warehouse",
            "kind",
            Form.TEXT,
            "`postgres` (`redshift`: not in this version yet)",
            "`postgres`",
            "What the warehouse is.");
    static final DatabaseSettings WAREHOUSE = DatabaseSettings.of("warehouse", "the warehouse");
    static final EnvironmentSetting HASH_KEY = new EnvironmentSetting(
            "masks",
            "hashKey",
            Form.SECRET,
            REFERENCE,
            "none; required where a contract has `mask: hash`",
            "The key of the mask `hash`: a text of at least " + Environment.SHORTEST_HASH_KEY
                    + " bytes. With another key the hours of such contracts are stale.");
    static final EnvironmentSetting RUNTIME = new EnvironmentSetting(
            "",
            "runtime",
            Form.TEXT,
            "`process`, `docker`, `kubernetes`, `ecs`",
            "`process`",
            "Where Airflow runs the steps of a pipeline; `millrace run` starts processes whatever it says.");

    /** In the order of the reference page. */
    static final List<EnvironmentSetting> ALL = Stream.of(
                    List.of(SERVICES, BUCKET),
                    LANDING_STORE.all(),
                    List.of(LAKE),
                    LAKE_STORE.all(),
                    SQS.all(),
                    KINESIS.all(),
                    CONTROL.all(),
                    List.of(KIND),
                    WAREHOUSE.all(),
                    List.of(HASH_KEY, RUNTIME))
            .flatMap(List::stream)
            .toList();

    /** The settings of an S3. */
    record ObjectStoreSettings(
            EnvironmentSetting endpoint,
            EnvironmentSetting region,
            EnvironmentSetting pathStyle,
            EnvironmentSetting accessKey,
            EnvironmentSetting secretKey) {

        private static ObjectStoreSettings of(String section, String region, String credentials) {
            return new ObjectStoreSettings(
                    new EnvironmentSetting(
                            section, "endpoint", Form.TEXT, "`http(s)://host:port`", "AWS", "An S3 that is not AWS's."),
                    new EnvironmentSetting(
                            section,
                            "region",
                            Form.TEXT,
                            "a region such as `eu-west-1`",
                            region,
                            "The bucket's region."),
                    new EnvironmentSetting(
                            section,
                            "pathStyle",
                            Form.TRUTH,
                            "`true`, `false`",
                            "`true` with an endpoint, else `false`",
                            "Whether the bucket stands in the path of addresses rather than in the host."),
                    whoAsks(section, credentials),
                    secretOf(section, credentials));
        }

        List<EnvironmentSetting> all() {
            return List.of(endpoint, region, pathStyle, accessKey, secretKey);
        }
    }

    private static EnvironmentSetting whoAsks(String section, String unset) {
        return new EnvironmentSetting(
                section,
                "accessKey",
                Form.TEXT_OR_SECRET,
                "a text, " + REFERENCE,
                unset,
                "Who asks. Goes with `secretKey`.");
    }

    private static EnvironmentSetting secretOf(String section, String unset) {
        return new EnvironmentSetting(
                section, "secretKey", Form.SECRET, REFERENCE, unset, "The secret of `accessKey`.");
    }

    /** The settings of a service that holds records. */
    record ServiceSettings(
            EnvironmentSetting endpoint,
            EnvironmentSetting region,
            EnvironmentSetting accessKey,
            EnvironmentSetting secretKey) {

        private static ServiceSettings of(String section, String endpoint, String region) {
            String credentials = "the landing's, if neither has an endpoint; else none: the SDK's own chain";
            return new ServiceSettings(
                    new EnvironmentSetting(
                            section,
                            "endpoint",
                            Form.TEXT,
                            "`http(s)://host:port`",
                            "AWS; none with `services: local`",
                            endpoint),
                    new EnvironmentSetting(
                            section, "region", Form.TEXT, "a region such as `eu-west-1`", "the landing's", region),
                    whoAsks(section, credentials),
                    secretOf(section, credentials));
        }

        List<EnvironmentSetting> all() {
            return List.of(endpoint, region, accessKey, secretKey);
        }
    }

    /** The settings of a database. */
    record DatabaseSettings(EnvironmentSetting url, EnvironmentSetting user, EnvironmentSetting password) {

        private static DatabaseSettings of(String section, String subject) {
            return new DatabaseSettings(
                    new EnvironmentSetting(
                            section,
                            "url",
                            Form.TEXT,
                            "`jdbc:postgresql://host:port/database`",
                            "required",
                            "Where " + subject + " is."),
                    new EnvironmentSetting(
                            section,
                            "user",
                            Form.TEXT_OR_SECRET,
                            "a text, " + REFERENCE,
                            "required",
                            "Its user for Millrace."),
                    new EnvironmentSetting(
                            section, "password", Form.SECRET, REFERENCE, "required", "The user's password."));
        }

        List<EnvironmentSetting> all() {
            return List.of(url, user, password);
        }
    }

    static List<EnvironmentSetting> in(String section) {
        return ALL.stream().filter(setting -> setting.section().equals(section)).toList();
    }

    /** The names of sections, as the reference page orders them. */
    static List<String> sections() {
        return ALL.stream()
                .map(EnvironmentSetting::section)
                .filter(section -> !section.isEmpty())
                .distinct()
                .toList();
    }

    /** The variable that goes before the file, such as {@code MILLRACE_WAREHOUSE_URL}; {@code services} has none. */
    Optional<String> variable() {
        if (this.equals(SERVICES)) {
            return Optional.empty();
        }
        String snake = name.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
        return Optional.of("MILLRACE_" + (section.isEmpty() ? "" : section.toUpperCase(Locale.ROOT) + "_") + snake);
    }

    /** As a path within the environment. */
    String path() {
        return section.isEmpty() ? name : section + "." + name;
    }
}
