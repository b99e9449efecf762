package dev.millrace.cli;

import dev.millrace.cli.query.QueryFormat;
import dev.millrace.cli.query.QueryJob;
import dev.millrace.job.ExitCode;
import dev.millrace.job.Job;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "sql",
        mixinStandardHelpOptions = true,
        description = "Ask the warehouse. Tables are found in schema millrace; times are UTC; there is no row limit.",
        footer = {
            "",
            "Example: millrace sql 'select domain, sum(pageviews) from consent_metrics group by 1 order by 2 desc'",
            "         millrace sql --format csv - < query.sql > rows.csv"
        })
final class SqlCommand implements Job.Verb {
    private static final String STANDARD_INPUT = "-";
    private static final int BUFFER = 1 << 16;

    @Mixin
    private ProjectOptions options = new ProjectOptions();

    @Option(
            names = "--format",
            paramLabel = "table|csv|json",
            defaultValue = "table",
            description = "csv: RFC 4180 with a header, LF, null as empty. Default: ${DEFAULT-VALUE}.")
    private QueryFormat format = QueryFormat.TABLE;

    @Parameters(paramLabel = "QUERY", description = "The query, or - to read it from standard input.")
    private String query = "";

    @Override
    public ExitCode call() {
        String text = query.equals(STANDARD_INPUT) ? standardInput() : query;
        // System.out writes in the machine's own encoding, and a line at a time.
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER),
                false,
                StandardCharsets.UTF_8);
        new QueryJob(options.environment().warehouse().database(), format, out, System.err).run(text);
        return ExitCode.DONE;
    }

    private static String standardInput() {
        try {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
