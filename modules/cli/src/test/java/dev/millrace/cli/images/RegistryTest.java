package dev.millrace.cli.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.job.JobException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryTest {
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    @Test
    void namesAnImageByItsDigest() {
        BuiltImage image = new BuiltImage(ImageName.LOAD, "1.0.0", DIGEST, DIGEST, 1);

        assertThat(registry("registry.example.com:5000/data").reference(image))
                .isEqualTo("registry.example.com:5000/data/millrace-load@" + DIGEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "https://registry.example.com", "registry.example.com/", "registry/Data", "a b"})
    void refusesWhatIsNoAddress(String address) {
        assertThatThrownBy(() -> registry(address))
                .isInstanceOf(JobException.class)
                .hasMessage("'" + address + "' is no address of a registry; write it like registry.example.com/data");
    }

    @Test
    void refusesAnImageWithoutADigest() {
        assertThatThrownBy(() -> new BuiltImage(ImageName.LOAD, "1.0.0", "latest", DIGEST, 1))
                .isInstanceOf(JobException.class)
                .hasMessage("millrace-load has no digest, but latest");
    }

    private static Registry registry(String address) {
        return new Registry(address, new ImageFolder(Path.of("images")), new Programs());
    }
}
