package dev.millrace.cli.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Docker on this machine, or whatever speaks its language, such as podman: at a socket, which Airflow is given too. */
final class DockerEngine {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String UNIX = "unix://";
    private static final String GROUP = "unix:gid";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final Path socket;

    private DockerEngine(Path socket) {
        this.socket = socket;
    }

    /** As DOCKER_HOST says, and where Docker is without it. */
    static DockerEngine of(Map<String, String> variables) {
        String host = variables.getOrDefault("DOCKER_HOST", "");
        if (!host.isEmpty() && !host.startsWith(UNIX)) {
            throw new JobException(
                    ExitCode.USAGE,
                    "DOCKER_HOST is " + host
                            + ", and Airflow can only be given a socket of this machine: unix:///path");
        }
        return new DockerEngine(
                host.isEmpty() ? Path.of("/var/run/docker.sock") : Path.of(host.substring(UNIX.length())));
    }

    Path socket() {
        return socket;
    }

    String host() {
        return UNIX + socket;
    }

    /** Where it does not answer, nothing of it runs. */
    boolean answers() {
        try {
            return get("/_ping").status == OK;
        } catch (JobException e) {
            return false;
        }
    }

    /** Fails where nobody answers. */
    DockerEngine answering() {
        if (get("/_ping").status != OK) {
            throw unreachable(new IOException("it does not answer as Docker does"));
        }
        return this;
    }

    /** What it calls an image by itself; empty if it has none of that name. */
    Optional<String> imageId(String name) {
        Answer answer = get("/images/" + name + "/json");
        if (answer.status == NOT_FOUND) {
            return Optional.empty();
        }
        if (answer.status != OK) {
            throw unreachable(new IOException("asked for an image, it answers with " + answer.status));
        }
        try {
            JsonNode image = JSON.readTree(answer.body);
            return Optional.of(image.path("Id").asText());
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** Whose members may speak with it. */
    int group() {
        try {
            return (Integer) Files.getAttribute(socket, GROUP);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private record Answer(int status, String body) {}

    /** In the older form of HTTP, in which an answer ends with the connection. */
    private Answer get(String path) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            String request = "GET " + path + " HTTP/1.0\r\nHost: docker\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            String answer = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            String[] words = answer.split(" ", 3);
            int body = answer.indexOf("\r\n\r\n");
            if (words.length < 3 || body < 0) {
                throw new IOException("it answered '" + answer + "'");
            }
            return new Answer(Integer.parseInt(words[1]), answer.substring(body).strip());
        } catch (IOException | NumberFormatException e) {
            throw unreachable(e);
        }
    }

    private JobException unreachable(Exception cause) {
        return new JobException(
                ExitCode.USAGE,
                "There is no Docker at " + socket + " (" + cause.getMessage() + "). Start it, or name the socket of"
                        + " another one, as DOCKER_HOST=unix:///run/podman/podman.sock",
                cause);
    }
}
