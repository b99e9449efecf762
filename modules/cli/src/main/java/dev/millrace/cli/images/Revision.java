package dev.millrace.cli.images;

import static java.util.Objects.requireNonNull;

import dev.millrace.cli.process.Children.Ended;
import java.nio.file.Path;
import java.util.List;

/**
 * The commit that a checkout is at.
 *
 * @param modified whether the checkout has anything that no commit has
 * @param committed when, as {@code 2026-01-05T03:04:05Z}
 */
record Revision(String commit, boolean modified, String committed) {
    private static final int SHORT = 12;

    /** A folder that git knows nothing of. */
    static final Revision UNKNOWN = new Revision("unknown", false, "1970-01-01T00:00:00Z");

    Revision {
        requireNonNull(commit, "commit");
        requireNonNull(committed, "committed");
    }

    static Revision of(Path checkout, Programs programs) {
        List<String> git = List.of("git", "-C", checkout.toString());
        Ended log = programs.ask(git, "log", "-1", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%H %cd");
        String[] parts = log.output().strip().split(" ");
        if (log.code() != 0 || parts.length != 2) {
            return UNKNOWN;
        }
        boolean modified = !programs.ask(git, "status", "--porcelain").output().isBlank();
        return new Revision(parts[0], modified, parts[1]);
    }

    /** Says of a changed checkout that its commit is not what an image was made of. */
    String label() {
        return modified ? commit + "-modified" : commit;
    }

    String tag() {
        String start = commit.substring(0, Math.min(SHORT, commit.length()));
        return modified ? start + "-modified" : start;
    }
}
