package dev.freefleet.cli.keys;

import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fleet keys}: keys, and the secrets that they are signed with. */
@Command(
        name = "keys",
        description =
                "Make, list, show, change, rotate, revoke, delete and import keys, and rotate the secrets that sign them.",
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
                .addSubcommand(new KeysSet(surroundings))
                .addSubcommand(new KeysRotate(surroundings))
                .addSubcommand(new KeysRevoke(surroundings))
                .addSubcommand(new KeysDelete(surroundings))
                .addSubcommand(new KeysImport(surroundings))
                .addSubcommand(new KeysSecrets(surroundings))
                .addSubcommand(new KeysRotateSecret(surroundings))
                .addSubcommand(new KeysRetireSecret(surroundings));
    }
}
