package dev.millrace.cli;

import picocli.CommandLine.Command;

@Command(
        name = "contract",
        mixinStandardHelpOptions = true,
        description = "What the contracts of the project say.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = ContractCheckCommand.class,
        footer = {"", "Example: millrace contract check"})
final class ContractCommand {}
