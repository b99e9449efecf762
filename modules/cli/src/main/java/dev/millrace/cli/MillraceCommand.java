package dev.millrace.cli;

import picocli.CommandLine.Command;

@Command(
        name = "millrace",
        mixinStandardHelpOptions = true,
        version = "millrace 0.1.0",
        description = "What lands in a bucket reaches the warehouse, through a lake, every record accounted for.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            CheckCommand.class,
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            CleanCommand.class,
            SampleCommand.class,
            LandCommand.class,
            RunCommand.class,
            BackfillCommand.class,
            SqlCommand.class,
            ContractCommand.class,
            AuditCommand.class,
            ImagesCommand.class,
            TestCommand.class,
            BenchCommand.class,
            WarmUpCommand.class,
            CompletionCommand.class
        },
        footer = {
            "",
            "Example, from nothing to rows in the warehouse:",
            "  millrace up",
            "  millrace sample consents --from 2026-01-05 --days 2 --seed 1 --rows 10000",
            "  millrace run consents --from 2026-01-05 --to 2026-01-07",
            "  millrace sql 'select * from consent_metrics'"
        })
final class MillraceCommand {}
