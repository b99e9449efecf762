package dev.millrace.cli.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BillTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void addsThePackagesOfTheBaseToTheLibraries() throws IOException {
        Path bill = Files.writeString(folder.resolve("bill.json"), "{\"components\":[{\"name\":\"picocli\"}]}");

        Bill.addBase(bill, List.of("libc6 2.36-9+deb12u14 amd64", "openjdk 17.0.15+6 runtime"));

        JsonNode components = new ObjectMapper().readTree(bill.toFile()).path("components");
        assertThat(components.findValuesAsText("name")).containsExactly("picocli", "libc6", "openjdk");
        assertThat(components.findValuesAsText("purl"))
                .containsExactly(
                        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64", "pkg:generic/openjdk@17.0.15%2B6");
    }

    @Test
    void tellsWhatAnImageOfOtherPackagesConsistsOf() throws IOException {
        Path bill = folder.resolve("bill.json");

        Bill.write(bill, "millrace-airflow", "1.0.0", List.of("Flask_Thing 2.0 pypi", "zlib1g 1:1.2.13 amd64"));

        JsonNode read = new ObjectMapper().readTree(bill.toFile());
        assertThat(read.at("/metadata/component/name").asText()).isEqualTo("millrace-airflow");
        assertThat(read.path("components").findValuesAsText("purl"))
                .containsExactly("pkg:pypi/flask-thing@2.0", "pkg:deb/debian/zlib1g@1:1.2.13?arch=amd64");
    }
}
