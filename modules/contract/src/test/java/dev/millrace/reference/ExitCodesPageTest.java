package dev.millrace.reference;

import dev.millrace.job.ExitCode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExitCodesPageTest {
    @Test
    void thePageTellsEveryExitCode() throws IOException {
        ReferencePage.of("exit-codes.md", "Exit codes")
                .paragraph("""
                        Every job and every command of `./millrace` ends with one of these. Whoever chains jobs decides by
                        the code alone whether to go on, to try again or to call somebody. `./millrace run` ends with 0
                        where nothing was stale.
                        """)
                .table(
                        List.of("code", "name", "meaning"),
                        Stream.of(ExitCode.values())
                                .map(code ->
                                        List.of(String.valueOf(code.code()), "`" + code.name() + "`", code.meaning()))
                                .toList())
                .check();
    }
}
