package dev.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.written.Problem;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContractsTest {
    private static final Contracts OURS = Contracts.of(Path.of("../.."));

    private final Path project;

    ContractsTest(@TempDir Path project) {
        this.project = project;
    }

    @Test
    void readsTheContractsOfThisProject() {
        assertThat(OURS.names()).contains("checkins", "consents");
        assertThat(OURS.problems()).isEmpty();
        assertThat(OURS.all()).extracting(Contract::pipeline).isEqualTo(OURS.names());
    }

    @Test
    void resolvesTheConsentsContract() {
        Contract contract = OURS.read("consents");

        SourceTable events = contract.sources().get(0);
        assertThat(events.layout()).isEqualTo(SourceTable.KeyLayout.DATEHOUR);
        assertThat(events.eventTime().column()).isEmpty();
        assertThat(events.key()).containsExactly("id");
        assertThat(events.sourceColumns().get(6).origin())
                .isEqualTo(new Origin.Member(
                        Pointer.of("/user/token"),
                        Optional.of(Pointer.of("/purposes/enabled")),
                        Origin.Take.NON_EMPTY));
        assertThat(events.sourceColumns().get(7).origin()).isEqualTo(new Origin.LandingHour());
        assertThat(contract.models().get(0).grain()).containsExactly("datehour", "domain", "country");
    }

    @Test
    void saysWhichPipelinesThereAre() {
        assertThatThrownBy(() -> OURS.read("checkin"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("there is no pipeline 'checkin'")
                .hasMessageContaining("did you mean 'checkins'?");
    }

    @Test
    void saysThatThereIsNoFolderOfPipelines() {
        Contracts none = Contracts.of(project);

        assertThatThrownBy(none::names)
                .isInstanceOf(JobException.class)
                .hasMessage("there are no pipelines: " + project.resolve("dags/pipelines") + " is no folder");
    }

    @Test
    void refusesAnIdThatIsNotTheFoldersName() throws IOException {
        write("one", "other", "events");

        assertThat(sentences(Contracts.of(project)))
                .containsExactly("the id 'other' differs from the name of its folder, 'one'");
    }

    @Test
    void refusesATableThatTwoContractsWouldWrite() throws IOException {
        Path first = write("one", "one", "events");
        write("two", "two", "events");

        assertThat(sentences(Contracts.of(project)))
                .containsExactly("the table 'events' belongs to the contract " + first + " already");
    }

    private static List<String> sentences(Contracts contracts) {
        return contracts.problems().stream().map(Problem::sentence).toList();
    }

    private Path write(String folder, String id, String table) throws IOException {
        Path file = project.resolve("dags/pipelines").resolve(folder).resolve("contract.yaml");
        Files.createDirectories(file.getParent());
        return Files.writeString(file, """
                apiVersion: v3.1.0
                kind: DataContract
                id: %s
                version: 1.0.0
                status: active
                schema:
                  - name: %s
                    customProperties:
                      - {property: layout, value: firehose}
                      - {property: format, value: json}
                      - {property: period, value: none}
                    properties:
                      - {name: id, physicalType: text}
                """.formatted(id, table));
    }
}
