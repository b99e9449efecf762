package dev.millrace.cli.docker;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.cli.airflow.AirflowServer;
import dev.millrace.cli.images.ImageFolder;
import dev.millrace.cli.images.ImageName;
import dev.millrace.cli.images.ImagesJob;
import dev.millrace.cli.images.ImagesRequest;
import dev.millrace.cli.process.Children;
import dev.millrace.cli.process.Installation;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.local.AirflowHealth;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What {@code docker/compose.yaml} starts, as it belongs to a state folder. */
public final class LocalContainers {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TAG = ":local";
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int PAUSE_MILLIS = 500;

    private final Installation installation;
    private final Path stateFolder;
    private final Map<String, String> variables;
    private final Children children = Children.ofThisProcess();

    public LocalContainers(Installation installation, Path stateFolder, Map<String, String> variables) {
        this.installation = requireNonNull(installation, "installation");
        this.stateFolder = requireNonNull(stateFolder, "stateFolder");
        this.variables = Map.copyOf(variables);
    }

    /** Whether they were started from here, and not removed since. */
    public boolean areKnown() {
        return ComposeSettings.areIn(stateFolder);
    }

    /** Starts what is not up, with the images as they were built last; gives back where everything is. */
    public String up(Path project, Consumer<String> say) {
        try {
            DockerEngine engine = DockerEngine.of(variables).answering();
            Compose compose = compose();
            JsonNode images = images(project, say);
            ComposeSettings settings = ComposeSettings.in(stateFolder);
            for (ImageName name : ImageName.values()) {
                String id = loaded(engine, images.path(name.key()), say);
                if (name.isOfJob()) {
                    settings.put("MILLRACE_" + name.name() + "_IMAGE", id);
                }
            }
            settings.put("MILLRACE_DOCKER_SOCKET", engine.socket().toString());
            settings.put("MILLRACE_DOCKER_GROUP", Integer.toString(engine.group()));
            if (health(settings).isPresent()) {
                settings.choosePorts();
            }
            settings.write();
            say.accept("Starting Postgres, S3, SQS and Kinesis, and Airflow.");
            compose.run(engine, settings, line -> {}, "up", "--detach");
            await(settings);
            return text(settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops and removes containers and their network. Volumes, which hold all data, stay. False where Docker does not run. */
    public boolean down() {
        if (!engine().answers()) {
            return false;
        }
        end("down", "--remove-orphans");
        return true;
    }

    /** Removes the data too. */
    public void remove() {
        end("down", "--remove-orphans", "--volumes");
    }

    /** The Airflow among them; empty where it is not up. */
    public Optional<AirflowServer> airflow() {
        try {
            ComposeSettings settings = ComposeSettings.in(stateFolder);
            return health(settings).isPresent()
                    ? Optional.empty()
                    : Optional.of(AirflowServer.at(
                            settings.address(ComposeSettings.AIRFLOW_PORT),
                            ComposeSettings.AIRFLOW_USER,
                            settings.value(ComposeSettings.AIRFLOW_PASSWORD)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A sentence, and where everything is. */
    public String status() {
        try {
            ComposeSettings settings = ComposeSettings.in(stateFolder);
            return health(settings)
                    .map(why -> "The containers of up --docker are not up: " + why + ".")
                    .orElseGet(() -> "The containers of up --docker are up:\n" + text(settings));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one that they were started in. */
    private DockerEngine engine() {
        try {
            String socket = ComposeSettings.in(stateFolder).value("MILLRACE_DOCKER_SOCKET");
            return DockerEngine.of(Map.of("DOCKER_HOST", "unix://" + socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end(String... arguments) {
        try {
            ComposeSettings settings = ComposeSettings.in(stateFolder);
            compose().run(engine().answering(), settings, line -> {}, arguments);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Compose compose() {
        return Compose.ofThisMachine(
                children, installation.home().resolve("docker").resolve("compose.yaml"));
    }

    /** As they were built last, and built now where one is missing. */
    private JsonNode images(Path project, Consumer<String> say) throws IOException {
        ImageFolder folder = ImageFolder.of(installation);
        if (Files.exists(folder.index())) {
            JsonNode images = JSON.readTree(folder.index().toFile()).path("images");
            if (Arrays.stream(ImageName.values())
                    .map(name -> images.path(name.key()).path("archive").asText())
                    .noneMatch(archive -> archive.isEmpty() || !Files.exists(Path.of(archive)))) {
                return images;
            }
        }
        ImagesRequest request =
                new ImagesRequest(project, Optional.empty(), Optional.empty(), Optional.empty(), true, Set.of());
        return new ImagesJob(installation, request, say).run().path("images");
    }

    /** Gives an image to Docker, if Docker has another of that name or none; gives back what Docker itself calls it. */
    private String loaded(DockerEngine engine, JsonNode image, Consumer<String> say) {
        String name = image.path("name").asText() + TAG;
        Optional<String> there = engine.imageId(name);
        if (there.isPresent() && there.get().equals(image.path("id").asText())) {
            return there.get();
        }
        say.accept("Loading " + name);
        List<String> command = List.of(
                "skopeo",
                "copy",
                "--quiet",
                "--dest-daemon-host",
                engine.host(),
                "oci-archive:" + image.path("archive").asText(),
                "docker-daemon:" + name);
        Children.Ended ended = children.run(command, Map.of(), say);
        return engine.imageId(name)
                .orElseThrow(() -> new JobException(
                        ExitCode.USAGE, "Docker did not take " + name + ": skopeo ended with " + ended.code() + "."));
    }

    private static Optional<String> health(ComposeSettings settings) {
        return settings.value(ComposeSettings.AIRFLOW_PORT).isEmpty()
                ? Optional.of("they were never started")
                : AirflowHealth.ask(settings.address(ComposeSettings.AIRFLOW_PORT));
    }

    private static void await(ComposeSettings settings) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Optional<String> missing = health(settings);
        while (missing.isPresent()) {
            if (System.nanoTime() > deadline) {
                throw new JobException(
                        ExitCode.TEMPORARY,
                        "Airflow is not up after " + PATIENCE.toMinutes() + " minutes: " + missing.get()
                                + ". Look at the logs of containers of " + settings.value(ComposeSettings.PROJECT)
                                + ".");
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new JobException(ExitCode.TEMPORARY, "Interrupted while Airflow came up.", e);
            }
            missing = health(settings);
        }
    }

    private static String text(ComposeSettings settings) {
        return String.format(
                "  S3        %s, buckets millrace-landing and millrace-lake%n"
                        + "  sources   %s, SQS and Kinesis%n"
                        + "  Postgres  127.0.0.1:%s, databases millrace_control and warehouse, user %s%n"
                        + "  Airflow   %s, user %s, password %s%n"
                        + "  commands  set -a; . %s; set +a",
                settings.address(ComposeSettings.S3_PORT),
                settings.address(ComposeSettings.SOURCES_PORT),
                settings.value(ComposeSettings.POSTGRES_PORT),
                ComposeSettings.USER,
                settings.address(ComposeSettings.AIRFLOW_PORT),
                ComposeSettings.AIRFLOW_USER,
                settings.value(ComposeSettings.AIRFLOW_PASSWORD),
                settings.hostFile());
    }
}
