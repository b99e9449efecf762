package dev.millrace.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The modules of this checkout, and their classes without tests. This module is built last, so all are there. */
final class Modules {
    private static final Path FOLDER = Path.of("..");

    private Modules() {}

    static List<Path> folders() {
        try (Stream<Path> folders = Files.list(FOLDER)) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JavaClasses classes() {
        List<Path> compiled = folders().stream()
                .map(folder -> folder.resolve("target").resolve("classes"))
                .filter(Files::isDirectory)
                .toList();
        return new ClassFileImporter().importPaths(compiled);
    }
}
