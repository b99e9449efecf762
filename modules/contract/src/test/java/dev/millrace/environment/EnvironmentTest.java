package dev.millrace.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
    private static final String LOCAL = """
            environments:
              local:
                services: local
            """;
    private static final String CLOUD = """
            environments:
              cloud:
                landing:
                  bucket: landed
                  region: eu-west-1
                lake:
                  warehouse: s3://lake/tables/
                control:
                  url: jdbc:postgresql://control:5432/millrace
                  user: millrace
                  password: {env: CONTROL_PASSWORD}
                warehouse:
                  url: jdbc:postgresql://warehouse/analytics?sslmode=require
                  user: {env: WAREHOUSE_USER}
                  password: {file: secrets/warehouse}
            """;
    private static final Map<String, String> SECRETS =
            Map.of("CONTROL_PASSWORD", "opensesame", "WAREHOUSE_USER", "loader", "MILLRACE_ENV", "cloud");
    private static final String SERVICES = """
            {"s3": {"endpoint": "http://127.0.0.1:9000", "region": "us-east-1", "accessKey": "a", "secretKey": "hush1"},
             "postgres": {"host": "127.0.0.1", "port": 5433, "user": "postgres", "password": "hush2",
                          "control": "control", "warehouse": "warehouse"},
             "pid": 1}
            """;

    private final Path project;

    EnvironmentTest(@TempDir Path project) {
        this.project = project;
    }

    @Test
    void takesTheLocalServicesAsTheyStarted() throws IOException {
        write("millrace.yaml", LOCAL);
        write(".millrace/services.json", SERVICES);

        Environment environment = Environment.load(project, Optional.empty(), Map.of());

        assertThat(environment.name()).isEqualTo("local");
        assertThat(environment.stateFolder()).isEqualTo(project.resolve(".millrace"));
        assertThat(environment.landing().bucket()).isEqualTo("millrace-landing");
        assertThat(environment.lake().warehouse()).isEqualTo(URI.create("s3://millrace-lake"));
        assertThat(environment.lake().bucket()).isEqualTo("millrace-lake");
        assertThat(environment.lake().store()).isEqualTo(environment.landing().store());
        assertThat(environment.landing().store())
                .isEqualTo(new Environment.ObjectStore(
                        Optional.of(URI.create("http://127.0.0.1:9000")),
                        "us-east-1",
                        true,
                        Optional.of(new Environment.Credentials("a", Secret.of("hush1")))));
        assertThat(environment.control())
                .isEqualTo(new Environment.Database(
                        "jdbc:postgresql://127.0.0.1:5433/control", "postgres", Secret.of("hush2")));
        assertThat(environment.warehouse().kind()).isEqualTo(Environment.Warehouse.Kind.POSTGRES);
        assertThat(environment.warehouse().database().url()).endsWith("/warehouse");
        assertThat(environment.runtime()).isEqualTo(Environment.TaskRuntime.PROCESS);
    }

    @Test
    void theServicesMayNameTheirBuckets() throws IOException {
        write("millrace.yaml", LOCAL);
        write(
                ".millrace/services.json",
                SERVICES.replace("\"a\",", "\"a\", \"landing\": \"one-bucket\", \"lake\": \"two-bucket\","));

        Environment environment = Environment.load(project, Optional.empty(), Map.of());

        assertThat(environment.landing().bucket()).isEqualTo("one-bucket");
        assertThat(environment.lake().warehouse()).isEqualTo(URI.create("s3://two-bucket"));
    }

    @Test
    void theLocalServicesHaveNoQueuesUnlessTheyAreToldOf() throws IOException {
        write("millrace.yaml", LOCAL);
        write(".millrace/services.json", SERVICES);

        Environment.Feeds none =
                Environment.load(project, Optional.empty(), Map.of()).feeds();
        Environment.Feeds told = Environment.load(
                        project, Optional.empty(), Map.of("MILLRACE_SQS_ENDPOINT", "http://127.0.0.1:9324"))
                .feeds();

        assertThat(none).isEqualTo(new Environment.Feeds(Optional.empty(), Optional.empty()));
        assertThat(told.sqs())
                .contains(new Environment.Service(
                        Optional.of(URI.create("http://127.0.0.1:9324")), "us-east-1", Optional.empty()));
    }

    @Test
    void saysThatTheLocalServicesAreNotUp() throws IOException {
        write("millrace.yaml", LOCAL);

        assertRefused(() -> Environment.load(project, Optional.empty(), Map.of()))
                .hasMessage("the local services are not up: run ./millrace up");
    }

    @Test
    void looksForTheServicesInTheChosenStateFolder() throws IOException {
        write("millrace.yaml", LOCAL);
        write("elsewhere/services.json", SERVICES);
        Map<String, String> variables =
                Map.of("MILLRACE_STATE", project.resolve("elsewhere").toString());

        assertThat(Environment.load(project, Optional.empty(), variables).stateFolder())
                .isEqualTo(project.resolve("elsewhere"));
    }

    @Test
    void queuesAndStreamsAreWhereTheLandingIsUnlessTheyAreElsewhere() throws IOException {
        write("secrets/warehouse", "w");
        writeCloud(
                CLOUD.replace("region: eu-west-1", "region: eu-west-1\n      accessKey: a\n      secretKey: {env: S}")
                        + """
                    kinesis:
                      endpoint: http://127.0.0.1:4567
                      region: us-east-1
                """);
        Map<String, String> variables = new HashMap<>(SECRETS);
        variables.put("S", "hush");
        Environment.Credentials keys = new Environment.Credentials("a", Secret.of("hush"));

        Environment.Feeds feeds =
                Environment.load(project, Optional.empty(), variables).feeds();

        assertThat(feeds.sqs()).contains(new Environment.Service(Optional.empty(), "eu-west-1", Optional.of(keys)));
        // Keys of one server are no business of another one.
        assertThat(feeds.kinesis())
                .contains(new Environment.Service(
                        Optional.of(URI.create("http://127.0.0.1:4567")), "us-east-1", Optional.empty()));
    }

    @Test
    void looksUpSecretsWhereTheyAre() throws IOException {
        writeCloud(CLOUD);

        Environment environment = Environment.load(project, Optional.empty(), SECRETS);

        assertThat(environment.name()).isEqualTo("cloud");
        assertThat(environment.control().password().reveal()).isEqualTo("opensesame");
        assertThat(environment.warehouse().database().user()).isEqualTo("loader");
        assertThat(environment.warehouse().database().password().reveal()).isEqualTo("from a file");
        assertThat(environment.lake().warehouse()).isEqualTo(URI.create("s3://lake/tables"));
        assertThat(environment.lake().store())
                .isEqualTo(new Environment.ObjectStore(Optional.empty(), "eu-west-1", false, Optional.empty()));
    }

    @Test
    void neverShowsASecret() throws IOException {
        writeCloud(CLOUD);
        write(".millrace/services.json", SERVICES);

        assertThat(Environment.load(project, Optional.empty(), SECRETS).toString())
                .contains("Secret[hidden]")
                .doesNotContain("opensesame", "from a file");
        write("millrace.yaml", LOCAL);
        assertThat(Environment.load(project, Optional.empty(), Map.of()).toString())
                .doesNotContain("hush1", "hush2");
    }

    @Test
    void takesTheFlagBeforeTheVariableBeforeTheFile() throws IOException {
        writeCloud(CLOUD + LOCAL.replace("environments:\n", ""));
        write(".millrace/services.json", SERVICES);
        Map<String, String> variables = Map.of(
                "MILLRACE_ENV", "cloud",
                "MILLRACE_WAREHOUSE_URL", "jdbc:postgresql://other/db",
                "MILLRACE_WAREHOUSE_PASSWORD", "other",
                "MILLRACE_LANDING_PATH_STYLE", "false",
                "MILLRACE_LANDING_BUCKET", "");

        Environment environment = Environment.load(project, Optional.of("local"), variables);

        assertThat(environment.name()).isEqualTo("local");
        assertThat(environment.warehouse().database().url()).isEqualTo("jdbc:postgresql://other/db");
        assertThat(environment.warehouse().database().password()).isEqualTo(Secret.of("other"));
        assertThat(environment.landing().store().pathStyle()).isFalse();
        assertThat(environment.landing().bucket()).isEqualTo("millrace-landing");
    }

    @Test
    void needsNoReferenceWhereAVariableGoesBeforeIt() throws IOException {
        writeCloud(CLOUD);
        Map<String, String> variables = Map.of(
                "MILLRACE_ENV", "cloud",
                "MILLRACE_CONTROL_PASSWORD", "x",
                "MILLRACE_WAREHOUSE_USER", "y");

        assertThat(Environment.load(project, Optional.empty(), variables)
                        .control()
                        .password())
                .isEqualTo(Secret.of("x"));
    }

    @Test
    void tellsEveryMistakeAtOnce() throws IOException {
        write("millrace.yaml", """
                environments:
                  cloud:
                    servces: local
                    landing:
                      bucket: No Bucket
                      regoin: eu-west-1
                      endpoint: localhost
                      accessKey: {env: NO_SUCH_VARIABLE}
                    lake:
                      warehouse: s3a://lake
                      pathStyle: "yes"
                    control:
                      url: jdbc:postgresql://control/millrace?user=me&password=opensesame
                      user: 5
                      password: opensesame
                    warehouse:
                      kind: redshift
                      url: jdbc:mysql://warehouse/db
                      user: millrace
                      password: {awsSecretsManager: warehouse}
                    runtime: kubernets
                  other:
                    services: remote
                    control:
                      password: {evn: OF_ANOTHER_MACHINE}
                      user: {env: OF_ANOTHER_MACHINE}
                """);
        Path file = project.resolve("millrace.yaml");
        Map<String, String> variables = Map.of("MILLRACE_LAKE_REGION", "Not A Region");

        assertRefused(() -> Environment.load(project, Optional.of("cloud"), variables))
                .hasMessage("""
                        FILE has 18 mistakes:
                          FILE:3: environments.cloud: 'landing.region' is missing; write it, or set MILLRACE_LANDING_REGION; allowed: a region such as eu-west-1
                          FILE:3: environments.cloud.lake.region: the variable MILLRACE_LAKE_REGION: this is no region; allowed: a region such as eu-west-1
                          FILE:3: environments.cloud.servces: an environment has no field 'servces'; did you mean 'services'?
                          FILE:5: environments.cloud.landing.bucket: this is no name of a bucket; allowed: a name of lower-case letters, digits, . and -
                          FILE:6: environments.cloud.landing.regoin: 'landing' has no field 'regoin'; did you mean 'region'?
                          FILE:7: environments.cloud.landing.endpoint: this is no address of an S3; allowed: http(s)://host:port
                          FILE:8: environments.cloud.landing.accessKey.env: the environment variable NO_SUCH_VARIABLE is not set
                          FILE:10: environments.cloud.lake.warehouse: this is no address of a folder in S3; allowed: s3://bucket/path
                          FILE:11: environments.cloud.lake.pathStyle: this must be true or false, but it is a text
                          FILE:13: environments.cloud.control.url: user and password do not go into the address; write 'user' and 'password'
                          FILE:14: environments.cloud.control.user: this must be a text, but it is a number: write it in quotes, "5"
                          FILE:15: environments.cloud.control.password: a secret is never written into this file; allowed: {env: NAME} or {file: path}
                          FILE:17: environments.cloud.warehouse.kind: 'redshift' cannot be used by this version yet; allowed: postgres
                          FILE:18: environments.cloud.warehouse.url: this is no address of a Postgres database; allowed: jdbc:postgresql://host:port/database
                          FILE:20: environments.cloud.warehouse.password.awsSecretsManager: secrets of AWS Secrets Manager cannot be read by this version yet; allowed: {env: NAME} or {file: path}
                          FILE:21: environments.cloud.runtime: 'kubernets' is no runtime; did you mean 'kubernetes'?; allowed: docker, ecs, kubernetes, process
                          FILE:23: environments.other.services: there are no services 'remote'; allowed: local
                          FILE:25: environments.other.control.password.evn: a reference has no 'evn'; allowed: {env: NAME} or {file: path}; did you mean 'env'?
                        """.strip().replace("FILE", file.toString()));
    }

    @Test
    void takesTheKeyOfMasksAndRefusesOneThatIsTooShort() throws IOException {
        writeCloud(CLOUD);
        Map<String, String> variables = new HashMap<>(SECRETS);
        assertThat(Environment.load(project, Optional.of("cloud"), variables).hashKey())
                .isEmpty();

        String key = "é".repeat(16);
        variables.put("MILLRACE_MASKS_HASH_KEY", key);
        assertThat(Environment.load(project, Optional.of("cloud"), variables).hashKey())
                .contains(Secret.of(key));

        variables.put("MILLRACE_MASKS_HASH_KEY", "x".repeat(31));
        assertRefused(() -> Environment.load(project, Optional.of("cloud"), variables))
                .hasMessageContaining(
                        "the variable MILLRACE_MASKS_HASH_KEY: the key of the mask 'hash' is too short; it "
                                + "needs at least 32 bytes")
                .hasMessageNotContaining("xxx");
    }

    @Test
    void saysWhichEnvironmentsThereAre() throws IOException {
        writeCloud(CLOUD);

        assertRefused(() -> Environment.load(project, Optional.of("clod"), Map.of()))
                .hasMessage(project.resolve("millrace.yaml")
                        + " names no environment 'clod'; there are: cloud; did you mean 'cloud'?");
    }

    @Test
    void saysThatThereIsNoFile() {
        assertRefused(() -> Environment.load(project, Optional.empty(), Map.of()))
                .hasMessage(
                        "there is no " + project.resolve("millrace.yaml") + ": run this in the folder of a project");
    }

    @Test
    void refusesAFileThatNamesNoEnvironments() throws IOException {
        write("millrace.yaml", "enviroments: {}\n");

        assertRefused(() -> Environment.load(project, Optional.empty(), Map.of()))
                .hasMessageContaining("millrace.yaml has no field 'enviroments'; did you mean 'environments'?")
                .hasMessageContaining("the file needs 'environments', a mapping of names to environments");
    }

    @Test
    void readsTheFileOfThisProject() throws IOException {
        write("state/services.json", SERVICES);
        Map<String, String> variables =
                Map.of("MILLRACE_STATE", project.resolve("state").toString());

        assertThat(Environment.load(Path.of("../.."), Optional.empty(), variables)
                        .name())
                .isEqualTo("local");
    }

    @Test
    void readsTheExampleInTheFileOfThisProject() throws IOException {
        String[] parts = Files.readString(Path.of("../../millrace.yaml")).split("(?m)^  # aws:", 2);
        write("millrace.yaml", "environments:\n  aws:" + parts[1].replaceAll("(?m)^  # ?", "  "));
        Map<String, String> variables = Map.of(
                "CONTROL_PASSWORD", "x", "MILLRACE_WAREHOUSE_PASSWORD", "y", "MILLRACE_MASKS_HASH_KEY", "k".repeat(32));

        assertThat(Environment.load(project, Optional.of("aws"), variables)
                        .landing()
                        .bucket())
                .isEqualTo("example-landing");
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE));
    }

    private void writeCloud(String yaml) throws IOException {
        write("millrace.yaml", yaml);
        write("secrets/warehouse", "from a file\n");
    }

    private void write(String name, String text) throws IOException {
        Path file = project.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
