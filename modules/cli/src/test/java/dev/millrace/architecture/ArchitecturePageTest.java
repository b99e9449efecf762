package dev.millrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.millrace.cli.run.Stage;
import dev.millrace.contract.Contract;
import dev.millrace.contract.Contracts;
import dev.millrace.contract.Table;
import dev.millrace.job.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/architecture.md is a map: what is on the ground has to be on it. */
class ArchitecturePageTest {
    private static final Path ROOT = Path.of("../..");
    private static final String PAGE = read();

    @Test
    void namesEveryStage() {
        for (Stage stage : Stage.values()) {
            assertThat(PAGE).contains("**" + stage.label() + "**");
        }
    }

    @Test
    void namesEveryModule() {
        for (Path module : Modules.folders()) {
            assertThat(PAGE).contains("`modules/" + module.getFileName() + "`");
        }
    }

    @Test
    void namesEveryPackage() {
        SortedSet<String> packages = new TreeSet<>();
        for (JavaClass found : Modules.classes()) {
            packages.add(found.getPackageName());
        }
        assertThat(packages)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(PAGE).contains("`" + name.replaceFirst("^dev\\.millrace\\.", "") + "`"));
    }

    @Test
    void namesEveryNamespaceOfTheLake() {
        for (String namespace : List.of("clean", "quarantine", "base", "model")) {
            assertThat(PAGE).contains("`" + namespace + ".<table>`");
        }
    }

    @Test
    void namesEveryTableOfTheControlDatabase() throws IOException {
        List<Path> migrations;
        try (Stream<Path> files =
                Files.list(ROOT.resolve("modules/control/src/main/resources/dev/millrace/control/migrations"))) {
            migrations = files.toList();
        }
        for (Path migration : migrations) {
            Files.readString(migration)
                    .lines()
                    // The lake's catalog is Iceberg's, and its tables are no names of ours.
                    .filter(line -> line.startsWith("create table ") && !line.contains(" lake_catalog."))
                    .map(line -> line.replaceFirst("^create table (\\w+).*", "$1"))
                    .forEach(table -> assertThat(PAGE).contains("`" + table + "`"));
        }
    }

    @Test
    void namesEveryTableOfThePipelines() {
        for (Contract contract : Contracts.of(ROOT).all()) {
            assertThat(PAGE).contains("`" + contract.pipeline() + "`");
            Stream.<Table>concat(contract.sources().stream(), contract.models().stream())
                    .forEach(table -> assertThat(PAGE).contains("`" + table.name() + "`"));
        }
    }

    @Test
    void namesEveryExitCode() {
        for (ExitCode code : ExitCode.values()) {
            assertThat(PAGE).contains("| " + code.code() + " | ");
        }
    }

    private static String read() {
        try {
            return Files.readString(ROOT.resolve("docs/architecture.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
