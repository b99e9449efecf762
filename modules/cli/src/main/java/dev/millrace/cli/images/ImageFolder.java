package dev.millrace.cli.images;

import dev.millrace.cli.process.Installation;
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

    Path archive(ImageName name) {
        return path.resolve(name.image() + ".tar");
    }

    /** What Jib tells of an image of a job. */
    Path facts(ImageName name) {
        return path.resolve(name.image() + ".json");
    }

    Path bom(ImageName name) {
        return path.resolve(name.image() + ".cdx.json");
    }

    /** What a script left for an image; kept, as most of it stays the same. */
    Path made(ImageName name) {
        return path.resolve("made").resolve(name.key());
    }

    /** An image before it is an archive. */
    Path layout(ImageName name) {
        return path.resolve(name.image() + ".layout");
    }

    Path bomLayout(ImageName name) {
        return path.resolve(name.image() + ".sbom");
    }
}
