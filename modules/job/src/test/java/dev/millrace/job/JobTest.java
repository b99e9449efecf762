package dev.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

class JobTest {

    @Test
    void exitsWithTheCodeTheVerbReturns() {
        for (ExitCode code : ExitCode.values()) {
            assertThat(Job.run(new Returning(code))).isEqualTo(code.code());
        }
    }

    @Test
    void aBadRunIsOneSentenceWithoutATrace() {
        Said said = said(new Throwing(new JobException(ExitCode.BROKEN, "Hour 2026-01-05T03 is held.")));
        assertThat(said.code()).isEqualTo(20);
        assertThat(said.text())
                .contains("Hour 2026-01-05T03 is held.")
                .doesNotContain("\tat ")
                .doesNotContain("\\tat ");
    }

    /** Writers and readers of files pass exceptions of the store on in their own. */
    @Test
    void aBadRunIsKnownWhateverWrapsIt() {
        Said said = said(new Throwing(new UncheckedIOException(
                new IOException(new JobException(ExitCode.TEMPORARY, "The store is away: try again.")))));
        assertThat(said.code()).isEqualTo(75);
        assertThat(said.text()).contains("The store is away: try again.").doesNotContain("mistake in Millrace");
    }

    @Test
    void aMistakeOfOursShowsItsTrace() {
        Said said = said(new Throwing(new IllegalStateException("nobody thought of it")));
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.text()).contains("nobody thought of it").contains("JobTest");
    }

    @Test
    void wrongUsageNamesTheOptionAndWhereHelpIs() {
        Said said = said(new Returning(ExitCode.DONE), "--colour");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.text()).contains("--colour").contains("--help");
    }

    @Test
    void helpIsNoFailure() {
        assertThat(Job.run(new Returning(ExitCode.BUG), "--help")).isZero();
    }

    @Test
    void everyCodeIsDocumentedOnce() {
        assertThat(List.of(ExitCode.values()).stream().map(ExitCode::code)).doesNotHaveDuplicates();
    }

    private record Said(int code, String text) {}

    private static Said said(Object command, String... args) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            int code = Job.run(command, args);
            return new Said(code, bytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setErr(before);
        }
    }

    @Command(name = "returning", mixinStandardHelpOptions = true)
    private static final class Returning implements Job.Verb {
        private final ExitCode code;

        @Option(names = "--size")
        @SuppressWarnings("UnusedVariable")
        int size;

        @Parameters(arity = "0..1")
        @SuppressWarnings("UnusedVariable")
        String name = "";

        Returning(ExitCode code) {
            this.code = code;
        }

        @Override
        public ExitCode call() {
            return code;
        }
    }

    @Command(name = "throwing")
    private static final class Throwing implements Job.Verb {
        private final RuntimeException exception;

        Throwing(RuntimeException exception) {
            this.exception = exception;
        }

        @Override
        public ExitCode call() {
            throw exception;
        }
    }
}
