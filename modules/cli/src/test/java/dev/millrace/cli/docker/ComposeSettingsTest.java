package dev.millrace.cli.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposeSettingsTest {
    @TempDir
    private Path state = Path.of("");

    @Test
    void theNextStartFindsTheSameSecretsAndPorts() throws IOException {
        ComposeSettings first = ComposeSettings.in(state);
        first.choosePorts();
        first.write();

        ComposeSettings next = ComposeSettings.in(state);
        next.choosePorts();

        assertThat(ComposeSettings.areIn(state)).isTrue();
        assertThat(next.values()).isEqualTo(first.values());
        assertThat(next.value(ComposeSettings.AIRFLOW_PASSWORD)).hasSizeGreaterThan(30);
    }

    @Test
    void aPortThatIsTakenIsLeftToItsOwner() throws IOException {
        ComposeSettings settings = ComposeSettings.in(state);
        settings.choosePorts();
        String former = settings.value(ComposeSettings.S3_PORT);
        try (ServerSocket owner = new ServerSocket(Integer.parseInt(former), 1, InetAddress.getByName("127.0.0.1"))) {
            settings.choosePorts();

            assertThat(settings.value(ComposeSettings.S3_PORT)).isNotEqualTo(Integer.toString(owner.getLocalPort()));
        }
    }

    @Test
    void nobodyElseReadsThem() throws IOException {
        ComposeSettings settings = ComposeSettings.in(state);
        settings.write();

        for (Path file : new Path[] {settings.file(), settings.hostFile()}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void anotherStateHasOtherSecretsAndAnotherName() throws IOException {
        ComposeSettings one = ComposeSettings.in(state.resolve("one"));
        ComposeSettings other = ComposeSettings.in(state.resolve("other"));

        one.values().forEach((name, value) -> assertThat(other.value(name)).isNotEqualTo(value));
    }
}
