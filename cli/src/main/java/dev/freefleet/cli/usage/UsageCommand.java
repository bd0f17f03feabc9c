package dev.freefleet.cli.usage;

import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fleet usage summary|users|top|query|export}. */
@Command(
        name = "usage",
        description = "Look at what was asked: figures, users, questions, and every request.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class UsageCommand {
    private UsageCommand() {}

    /** The command with what is below it. */
    public static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new UsageCommand())
                .addSubcommand(new UsageSummary(surroundings))
                .addSubcommand(new UsageUsers(surroundings))
                .addSubcommand(new UsageTop(surroundings))
                .addSubcommand(new UsageQuery(surroundings))
                .addSubcommand(new UsageExport(surroundings));
    }
}
