package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.Job;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MillraceCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void everyCommandHasHelpWithAnExample() {
        List<CommandLine> lines = new ArrayList<>(List.of(line()));
        for (int next = 0; next < lines.size(); next++) {
            CommandLine line = lines.get(next);
            assertThat(line.getUsageMessage())
                    .as(line.getCommandSpec().qualifiedName())
                    .contains("Example", "--help");
            lines.addAll(line.getSubcommands().values());
        }
        assertThat(lines).hasSizeGreaterThan(14);
    }

    @Test
    void wrongArgumentsEndWithTwoAndASentence() {
        assertThat(execute("run", "consents", "--from", "2026-01-05")).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required option: '--to=TIME'", "millrace run --help");
    }

    @Test
    void anUnknownCommandIsAnsweredWithAGuess() {
        assertThat(execute("statsu")).isEqualTo(2);
        assertThat(err.toString()).contains("statsu", "millrace status");
    }

    @Test
    void anUnknownFormatNamesThoseThereAre() {
        assertThat(execute("sql", "--format", "xml", "select 1")).isEqualTo(2);
        assertThat(err.toString()).contains("TABLE, CSV, JSON");
    }

    @Test
    void aGroupOfCommandsAloneShowsItsUsage() {
        assertThat(execute("contract")).isEqualTo(2);
        assertThat(err.toString()).contains("Usage: millrace contract");
    }

    private int execute(String... arguments) {
        return line().execute(arguments);
    }

    private CommandLine line() {
        return Job.line(new MillraceCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
    }
}
