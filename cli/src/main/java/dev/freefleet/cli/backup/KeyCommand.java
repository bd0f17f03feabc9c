package dev.freefleet.cli.backup;

import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fleet backup key ...}. */
@Command(
        name = "key",
        description = "The passphrases and key files that open a repository: list them, add one, remove one.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
final class KeyCommand {
    private KeyCommand() {}

    static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new KeyCommand())
                .addSubcommand(new KeyList(surroundings))
                .addSubcommand(new KeyAdd(surroundings))
                .addSubcommand(new KeyRemove(surroundings));
    }
}
