package dev.millrace.cli.images;

import dev.millrace.cli.process.Installation;
import dev.millrace.cli.process.JobModule;
import java.nio.file.Path;

/** What was built last, in the checkout: the one class that knows what lies where. */
public record ImageFolder(Path path) {
    public static ImageFolder of(Installation installation) {
        return new ImageFolder(installation.home().resolve(".millrace").resolve("images"));
    }

    /** Names every image by its digest; DAGs read it. */
    public Path index() {
        return path.resolve("images.json");
    }

    Path base() {
        return path.resolve("base.tar");
    }

    /** The packages in the base, a line each: name, version and architecture. */
    Path basePackages() {
        return path.resolve("base.packages");
    }

    Path archive(JobModule module) {
        return path.resolve(module.image() + ".tar");
    }

    /** What Jib tells of an image. */
    Path facts(JobModule module) {
        return path.resolve(module.image() + ".json");
    }

    Path bom(JobModule module) {
        return path.resolve(module.image() + ".cdx.json");
    }

    Path bomLayout(JobModule module) {
        return path.resolve(module.image() + ".sbom");
    }
}
