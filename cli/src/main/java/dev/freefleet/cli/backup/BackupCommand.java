package dev.freefleet.cli.backup;

import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fleet backup ...}. */
@Command(
        name = "backup",
        description = "Back the fleet and its Brain up, and bring them back. Works whether or not the fleet runs.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class BackupCommand {
    private BackupCommand() {}

    /** The command with what is below it. */
    public static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new BackupCommand())
                .addSubcommand(new RunCommand(surroundings))
                .addSubcommand(new ListCommand(surroundings))
                .addSubcommand(new ShowCommand(surroundings))
                .addSubcommand(new LsCommand(surroundings))
                .addSubcommand(new CatCommand(surroundings))
                .addSubcommand(new DiffCommand(surroundings))
                .addSubcommand(new VerifyCommand(surroundings))
                .addSubcommand(new RestoreCommand(surroundings))
                .addSubcommand(new DrillCommand(surroundings))
                .addSubcommand(new PruneCommand(surroundings))
                .addSubcommand(new CopyCommand(surroundings))
                .addSubcommand(KeyCommand.with(surroundings));
    }
}
