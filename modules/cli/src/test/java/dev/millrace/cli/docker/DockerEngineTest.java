package dev.millrace.cli.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.job.JobException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerEngineTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void refusesAnEngineThatAirflowCouldNotReach() {
        assertThatThrownBy(() -> DockerEngine.of(Map.of("DOCKER_HOST", "tcp://example.com:2375")))
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith(
                        "DOCKER_HOST is tcp://example.com:2375, and Airflow can only be given a socket");
    }

    @Test
    void saysWhereNobodyAnswers() {
        DockerEngine engine = engine();

        assertThat(engine.answers()).isFalse();
        assertThatThrownBy(engine::answering)
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith("There is no Docker at " + engine.socket())
                .hasMessageContaining("DOCKER_HOST=unix://");
    }

    @Test
    void asksForTheIdOfAnImage() throws IOException {
        try (ServerSocketChannel server = serving("200 OK", "{\"Id\":\"sha256:abc\",\"Size\":1}")) {
            assertThat(engine().imageId("millrace-load:local")).contains("sha256:abc");
        }
    }

    @Test
    void anImageThatIsNotThereHasNoId() throws IOException {
        try (ServerSocketChannel server = serving("404 Not Found", "{\"message\":\"no such image\"}")) {
            assertThat(engine().imageId("millrace-load:local")).isEmpty();
        }
    }

    @Test
    void whatAnswersOtherwiseIsNoDocker() throws IOException {
        try (ServerSocketChannel server = serving("500 Error", "")) {
            assertThat(engine().answers()).isFalse();
        }
    }

    private DockerEngine engine() {
        return DockerEngine.of(Map.of("DOCKER_HOST", "unix://" + folder.resolve("socket")));
    }

    /** Gives the next one who asks this answer. */
    private ServerSocketChannel serving(String status, String body) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("socket")));
        Thread answering = new Thread(() -> {
            try (SocketChannel asking = server.accept()) {
                asking.read(ByteBuffer.allocate(1 << 12));
                String answer = "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\n\r\n" + body;
                asking.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        answering.setDaemon(true);
        answering.start();
        return server;
    }
}
