package dev.millrace.environment;

import dev.millrace.contract.written.Fields;
import dev.millrace.contract.written.Place;
import dev.millrace.contract.written.Problems;
import dev.millrace.contract.written.Suggestion;
import dev.millrace.contract.written.Written;
import dev.millrace.contract.written.YamlFile;
import dev.millrace.environment.Environment.Credentials;
import dev.millrace.environment.Environment.Database;
import dev.millrace.environment.Environment.Feeds;
import dev.millrace.environment.Environment.Lake;
import dev.millrace.environment.Environment.Landing;
import dev.millrace.environment.Environment.ObjectStore;
import dev.millrace.environment.Environment.Service;
import dev.millrace.environment.Environment.TaskRuntime;
import dev.millrace.environment.Environment.Warehouse;
import dev.millrace.environment.EnvironmentSetting.DatabaseSettings;
import dev.millrace.environment.EnvironmentSetting.ObjectStoreSettings;
import dev.millrace.environment.EnvironmentSetting.ServiceSettings;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code millrace.yaml}: all environments as they are written, and the chosen one as it is meant. */
final class EnvironmentReader {
    private static final String DEFAULT_NAME = "local";
    private static final String ENVIRONMENTS = "environments";
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern LAKE = Pattern.compile("s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_.=-]+)*/?");
    private static final Pattern ENDPOINT = Pattern.compile("https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?");
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]+");
    private static final Pattern JDBC = Pattern.compile("jdbc:postgresql://[^/?#@\\s]+/[^/?#\\s]+(\\?\\S*)?");
    private static final Pattern JDBC_SECRET = Pattern.compile("(?i).*[?&](user|password|sslpassword)=.*");

    private final Path project;
    private final Path file;
    private final Map<String, String> variables;
    private final Problems problems = new Problems();
    /** What holds for the chosen environment, before anything is checked. */
    private final Map<EnvironmentSetting, Value> values = new HashMap<>();

    private Place chosen;

    EnvironmentReader(Path project, Map<String, String> variables) {
        this.project = project;
        this.file = project.resolve(Environment.FILE);
        this.variables = Map.copyOf(variables);
        this.chosen = Place.of(file);
    }

    Environment read(Optional<String> flag) {
        if (!Files.exists(file)) {
            throw new JobException(ExitCode.USAGE, "there is no " + file + ": run this in the folder of a project");
        }
        Optional<Written.Members> root = YamlFile.read(file, problems);
        problems.refuseAny(file.toString());
        Fields top = Fields.of(root.orElseThrow(), problems).refuseOthersThan(Set.of(ENVIRONMENTS), Environment.FILE);
        Written.Members environments = environments(top);
        String name = name(flag, environments);
        Path stateFolder = Environment.stateFolder(project, variables);
        environments
                .members()
                .forEach(environment -> read(environment, environment.name().equals(name), stateFolder));
        readVariables();
        Optional<Environment> environment = environment(name, stateFolder);
        problems.refuseAny(file.toString());
        return environment.orElseThrow();
    }

    private Written.Members environments(Fields top) {
        Optional<Written> value = top.value(ENVIRONMENTS);
        if (value.isPresent() && value.get() instanceof Written.Members members) {
            return members;
        }
        problems.add(
                value.map(Written::place).orElse(top.place()),
                "the file needs '" + ENVIRONMENTS + "', a mapping of names to environments");
        throw problems.refusal(file.toString());
    }

    private String name(Optional<String> flag, Written.Members environments) {
        String name = flag.or(
                        () -> Optional.ofNullable(variables.get("MILLRACE_ENV")).filter(text -> !text.isBlank()))
                .orElse(DEFAULT_NAME);
        List<String> names =
                environments.members().stream().map(Written.Member::name).toList();
        if (!names.contains(name)) {
            throw new JobException(
                    ExitCode.USAGE,
                    file + " names no environment '" + name + "'; there are: " + String.join(", ", names)
                            + Suggestion.forWord(name, names));
        }
        return name;
    }

    private void read(Written.Member member, boolean isChosen, Path stateFolder) {
        Optional<Fields> environment = Fields.of(member.value(), problems);
        if (isChosen) {
            chosen = member.value().place();
        }
        if (environment.isEmpty()) {
            return;
        }
        Map<EnvironmentSetting, Value> written = new HashMap<>();
        Set<String> names = new HashSet<>(EnvironmentSetting.sections());
        EnvironmentSetting.in("").forEach(setting -> names.add(setting.name()));
        environment.get().refuseOthersThan(names, "an environment");
        read("", environment.get(), isChosen, written);
        for (String section : EnvironmentSetting.sections()) {
            environment.get().fields(section).ifPresent(fields -> {
                Set<String> allowed = new HashSet<>();
                EnvironmentSetting.in(section).forEach(setting -> allowed.add(setting.name()));
                fields.refuseOthersThan(allowed, "'" + section + "'");
                read(section, fields, isChosen, written);
            });
        }
        Optional<Value> services = Optional.ofNullable(written.get(EnvironmentSetting.SERVICES));
        services.filter(value -> !value.text().reveal().equals("local"))
                .ifPresent(value -> problems.add(
                        value.place(), "there are no services '" + value.text().reveal() + "'; allowed: local"));
        if (isChosen) {
            if (services.isPresent() && services.get().text().reveal().equals("local")) {
                values.putAll(LocalServices.read(stateFolder).values());
            }
            values.putAll(written);
        }
    }

    private void read(String section, Fields fields, boolean isChosen, Map<EnvironmentSetting, Value> written) {
        for (EnvironmentSetting setting : EnvironmentSetting.in(section)) {
            fields.value(setting.name())
                    .flatMap(value -> text(setting, value, isChosen))
                    .ifPresent(value -> written.put(setting, value));
        }
    }

    private Optional<Value> text(EnvironmentSetting setting, Written value, boolean isChosen) {
        boolean plain = value instanceof Written.Scalar;
        if (setting.form() == EnvironmentSetting.Form.SECRET
                || (setting.form() == EnvironmentSetting.Form.TEXT_OR_SECRET && !plain)) {
            Optional<SecretReference> reference = SecretReference.of(value, problems);
            // Secrets of other environments are not on this machine.
            boolean overridden = setting.variable().filter(this::isSet).isPresent();
            return reference
                    .filter(found -> isChosen && !overridden)
                    .flatMap(found -> found.look(project, variables, problems))
                    .map(text -> new Value(text, value.place(), ""));
        }
        boolean truth = setting.form() == EnvironmentSetting.Form.TRUTH;
        Written.Scalar.Form form = truth ? Written.Scalar.Form.TRUTH : Written.Scalar.Form.TEXT;
        if (value instanceof Written.Scalar scalar && scalar.form() == form) {
            return Optional.of(new Value(Secret.of(scalar.text()), value.place(), ""));
        }
        problems.add(
                value.place(),
                truth
                        ? "this must be true or false, but it is " + value.kind()
                        : "this must be a text" + Fields.quotesHint(value));
        return Optional.empty();
    }

    private boolean isSet(String variable) {
        return !variables.getOrDefault(variable, "").isEmpty();
    }

    private void readVariables() {
        for (EnvironmentSetting setting : EnvironmentSetting.ALL) {
            setting.variable()
                    .filter(this::isSet)
                    .ifPresent(variable -> values.put(
                            setting,
                            new Value(
                                    Secret.of(variables.getOrDefault(variable, "")),
                                    chosen.member(setting.path()),
                                    "the variable " + variable + ": ")));
        }
    }

    private Optional<Environment> environment(String name, Path stateFolder) {
        Optional<String> bucket = text(EnvironmentSetting.BUCKET, BUCKET, "no name of a bucket");
        Optional<ObjectStore> landingStore = store(EnvironmentSetting.LANDING_STORE);
        Optional<String> lake = text(EnvironmentSetting.LAKE, LAKE, "no address of a folder in S3");
        boolean ownStore = EnvironmentSetting.LAKE_STORE.all().stream().anyMatch(values::containsKey);
        Optional<ObjectStore> lakeStore = ownStore ? store(EnvironmentSetting.LAKE_STORE) : landingStore;
        Optional<Service> sqs = landingStore.flatMap(landing -> service(EnvironmentSetting.SQS, landing));
        Optional<Service> kinesis = landingStore.flatMap(landing -> service(EnvironmentSetting.KINESIS, landing));
        Optional<Database> control = database(EnvironmentSetting.CONTROL);
        Optional<Warehouse.Kind> kind = word(
                EnvironmentSetting.KIND,
                Map.of("postgres", Warehouse.Kind.POSTGRES),
                Set.of("redshift"),
                Warehouse.Kind.POSTGRES);
        Optional<Database> warehouse = database(EnvironmentSetting.WAREHOUSE);
        Optional<TaskRuntime> runtime = word(
                EnvironmentSetting.RUNTIME,
                Map.of(
                        "process",
                        TaskRuntime.PROCESS,
                        "docker",
                        TaskRuntime.DOCKER,
                        "kubernetes",
                        TaskRuntime.KUBERNETES,
                        "ecs",
                        TaskRuntime.ECS),
                Set.of(),
                TaskRuntime.PROCESS);
        Optional<Secret> hashKey = hashKey();
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Environment(
                name,
                stateFolder,
                new Landing(bucket.orElseThrow(), landingStore.orElseThrow()),
                new Lake(URI.create(lake.orElseThrow().replaceFirst("/$", "")), lakeStore.orElseThrow()),
                new Feeds(sqs, kinesis),
                control.orElseThrow(),
                new Warehouse(kind.orElseThrow(), warehouse.orElseThrow()),
                hashKey,
                runtime.orElseThrow()));
    }

    private Optional<ObjectStore> store(ObjectStoreSettings settings) {
        Optional<URI> endpoint = endpoint(settings.endpoint(), "no address of an S3");
        Optional<String> region = text(settings.region(), REGION, "no region");
        Optional<Boolean> pathStyle =
                word(settings.pathStyle(), Map.of("true", true, "false", false), Set.of(), endpoint.isPresent());
        Optional<Credentials> credentials = credentials(settings.accessKey(), settings.secretKey());
        if (region.isEmpty() || pathStyle.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ObjectStore(endpoint, region.get(), pathStyle.get(), credentials));
    }

    private Optional<Service> service(ServiceSettings settings, ObjectStore landing) {
        Optional<URI> endpoint = endpoint(settings.endpoint(), "no address of a service");
        Optional<String> region = values.containsKey(settings.region())
                ? text(settings.region(), REGION, "no region")
                : Optional.of(landing.region());
        if (endpoint.isEmpty() && values.containsKey(EnvironmentSetting.SERVICES)) {
            return Optional.empty();
        }
        boolean sameKeys = endpoint.isEmpty() && landing.endpoint().isEmpty();
        Optional<Credentials> credentials = credentials(settings.accessKey(), settings.secretKey())
                .or(() -> sameKeys ? landing.credentials() : Optional.empty());
        return region.map(found -> new Service(endpoint, found, credentials));
    }

    private Optional<URI> endpoint(EnvironmentSetting setting, String fault) {
        return values.containsKey(setting) ? text(setting, ENDPOINT, fault).map(URI::create) : Optional.empty();
    }

    private Optional<Credentials> credentials(EnvironmentSetting accessSetting, EnvironmentSetting secretSetting) {
        Optional<Value> accessKey = Optional.ofNullable(values.get(accessSetting));
        Optional<Value> secretKey = Optional.ofNullable(values.get(secretSetting));
        if (accessKey.isPresent() != secretKey.isPresent() && !told(accessSetting) && !told(secretSetting)) {
            Place place = accessKey.or(() -> secretKey).map(Value::place).orElse(chosen);
            problems.add(place, "accessKey and secretKey go together; write both, or none to leave it to the SDK");
        }
        return accessKey.flatMap(
                key -> secretKey.map(secret -> new Credentials(key.text().reveal(), secret.text())));
    }

    private Optional<Secret> hashKey() {
        Optional<Value> value = Optional.ofNullable(values.get(EnvironmentSetting.HASH_KEY));
        value.filter(key -> key.text().reveal().getBytes(StandardCharsets.UTF_8).length < Environment.SHORTEST_HASH_KEY)
                .ifPresent(key -> problems.add(
                        key.place(),
                        key.source() + "the key of the mask 'hash' is too short; it needs at least "
                                + Environment.SHORTEST_HASH_KEY
                                + " bytes, such as the 64 digits that `openssl rand -hex 32` prints"));
        return value.map(Value::text);
    }

    private Optional<Database> database(DatabaseSettings settings) {
        Optional<String> url = text(settings.url(), JDBC, "no address of a Postgres database");
        url.filter(text -> JDBC_SECRET.matcher(text).matches()).ifPresent(text -> {
            Value value = values.get(settings.url());
            problems.add(
                    value == null ? chosen : value.place(),
                    (value == null ? "" : value.source()) + "user and password do not go into the address; write '"
                            + settings.user().name() + "' and '"
                            + settings.password().name() + "'");
        });
        Optional<String> user = text(settings.user(), Pattern.compile("(?s).+"), "no user");
        Optional<Value> password = required(settings.password());
        if (url.isEmpty() || user.isEmpty() || password.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Database(url.get(), user.get(), password.get().text()));
    }

    /** A required text. What does not fit the pattern is not repeated where it may hold a secret. */
    private Optional<String> text(EnvironmentSetting setting, Pattern pattern, String fault) {
        return required(setting).flatMap(value -> {
            String text = value.text().reveal();
            if (pattern.matcher(text).matches()) {
                return Optional.of(text);
            }
            problems.add(value.place(), value.source() + "this is " + fault + "; allowed: " + plain(setting.values()));
            return Optional.empty();
        });
    }

    private Optional<Value> required(EnvironmentSetting setting) {
        Optional<Value> value = Optional.ofNullable(values.get(setting));
        if (value.isEmpty() && !told(setting)) {
            problems.add(
                    chosen,
                    "'" + setting.path() + "' is missing; write it, or set "
                            + setting.variable().orElse("it") + "; allowed: " + plain(setting.values()));
        }
        return value;
    }

    private <T> Optional<T> word(EnvironmentSetting setting, Map<String, T> words, Set<String> notYet, T fallback) {
        Optional<Value> value = Optional.ofNullable(values.get(setting));
        if (value.isEmpty()) {
            return Optional.of(fallback);
        }
        String text = value.get().text().reveal();
        Optional<T> found = Optional.ofNullable(words.get(text));
        if (found.isEmpty()) {
            String fault = notYet.contains(text)
                    ? "'" + text + "' cannot be used by this version yet"
                    : "'" + text + "' is no " + setting.name() + Suggestion.forWord(text, words.keySet());
            problems.add(
                    value.get().place(),
                    value.get().source() + fault + "; allowed: "
                            + String.join(", ", words.keySet().stream().sorted().toList()));
        }
        return found;
    }

    /** Whether something was found wrong with the setting, or inside it, as it is written. */
    private boolean told(EnvironmentSetting setting) {
        String path = chosen.member(setting.path()).path();
        return problems.sorted().stream()
                .map(problem -> problem.place().path())
                .anyMatch(other -> other.equals(path) || other.startsWith(path + "."));
    }

    private static String plain(String values) {
        return values.replace("`", "");
    }
}
