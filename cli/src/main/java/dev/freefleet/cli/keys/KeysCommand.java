package dev.freefleet.cli.keys;

import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fleet keys create|list|show|revoke}. */
@Command(
        name = "keys",
        description = "Make, list, show and revoke keys.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class KeysCommand {
    private KeysCommand() {}

    /** The command with what is below it. */
    public static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new KeysCommand())
                .addSubcommand(new KeysCreate(surroundings))
                .addSubcommand(new KeysList(surroundings))
                .addSubcommand(new KeysShow(surroundings))
                .addSubcommand(new KeysRevoke(surroundings));
    }
}
