package dev.millrace.cli.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposeSettingsTest {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+):-([^}]*)}");

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

    @Test
    void commandsAreToldTheSameAsContainersButForWhereItIs() throws IOException {
        ComposeSettings settings = ComposeSettings.in(state);
        settings.choosePorts();
        settings.write();

        Map<String, String> containers = ofContainers(settings);

        // Only what reads streams minds, and the entry script says it to an engineer's commands.
        assertThat(containers.remove("MILLRACE_INGEST_JAVA_OPTIONS")).isEqualTo("-Daws.cborEnabled=false");
        assertThat(anywhere(Files.readAllLines(settings.hostFile()), "=")).isEqualTo(containers);
    }

    /** The settings that the compose file begins with, as compose reads them. */
    private static Map<String, String> ofContainers(ComposeSettings settings) throws IOException {
        String text = Files.readString(Path.of("..", "..", "docker", "compose.yaml"));
        String anchor = "&settings\n";
        int begin = text.indexOf(anchor) + anchor.length();
        String told = VARIABLE.matcher(text.substring(begin, text.indexOf("\n\n", begin)))
                .replaceAll(variable -> {
                    String value = settings.value(variable.group(1));
                    return value.isEmpty() ? variable.group(2) : value;
                });
        return anywhere(
                told.lines().filter(line -> !line.strip().startsWith("#")).toList(), ": ");
    }

    private static Map<String, String> anywhere(List<String> lines, String separator) {
        Map<String, String> values = new TreeMap<>();
        for (String line : lines) {
            String[] parts = line.strip().split(separator, 2);
            values.put(parts[0], parts[1].replaceFirst("//[^/:]+:[0-9]+", "//here"));
        }
        return values;
    }
}
