package dev.millrace.cli.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.cli.process.Installation;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImagesJobTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void saysWhichListOfClassesIsMissingBeforeItBuilds() throws Exception {
        Files.writeString(folder.resolve("ingest.list"), "java/lang/Object\n");

        assertRefused(Optional.empty(), folder.resolve("transform.list") + " of the classes that transform loads");
    }

    @Test
    void makesNoArchivesOnAnotherBase() {
        assertRefused(Optional.of("debian:12"), "leave out --base or --class-archives");
    }

    private void assertRefused(Optional<String> base, String sentence) {
        ImagesRequest request = new ImagesRequest(folder, base, Optional.empty(), Optional.of(folder), false, Set.of());
        ImagesJob job = new ImagesJob(new Installation(folder), request, said -> {});

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(job::run)
                .withMessageContaining(sentence)
                .satisfies(refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE));
        assertThat(folder.resolve(".millrace")).doesNotExist();
    }
}
