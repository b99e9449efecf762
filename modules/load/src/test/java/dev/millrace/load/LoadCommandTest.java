package dev.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class LoadCommandTest {
    /** Exit code and everything said. */
    private static String said(String... args) {
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            return LoadMain.run(args) + " " + said.toString(StandardCharsets.UTF_8);
        } finally {
            System.setErr(before);
        }
    }

    @Test
    void auditNeedsNothingThatOnlyLoadNeeds() {
        assertThat(said("audit", "--pipeline", "consents", "--project", "target/no-such-project"))
                .startsWith("2 ")
                .doesNotContain("Missing required option");
        assertThat(said("audit", "--all", "--project", "target/no-such-project"))
                .startsWith("2 ")
                .doesNotContain("Missing required option");
    }

    @Test
    void loadNeedsAPipeline() {
        assertThat(LoadMain.run("--dry-run", "--project", "../..")).isEqualTo(2);
        assertThat(LoadMain.run("--project", "../..")).isEqualTo(2);
    }
}
