package dev.freefleet.cli.brain;

import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fleet brain serve|ingest|ask}. */
@Command(
        name = "brain",
        description = "Run the reference Brain alone, without the rest of the fleet.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class BrainCommand {
    private BrainCommand() {}

    /** The command with what is below it. */
    public static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new BrainCommand())
                .addSubcommand(new BrainServe(surroundings))
                .addSubcommand(new BrainIngest(surroundings))
                .addSubcommand(new BrainAsk(surroundings));
    }
}
