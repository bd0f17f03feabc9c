package dev.freefleet.cli.users;

import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fleet users create|list|show|disable|enable|delete|forget}. */
@Command(
        name = "users",
        description = "Make, list, show, disable, enable, delete and forget the owners of keys.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class UsersCommand {
    private UsersCommand() {}

    /** The command with what is below it. */
    public static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new UsersCommand())
                .addSubcommand(new UsersCreate(surroundings))
                .addSubcommand(new UsersList(surroundings))
                .addSubcommand(new UsersShow(surroundings))
                .addSubcommand(new UsersDisable(surroundings))
                .addSubcommand(new UsersEnable(surroundings))
                .addSubcommand(new UsersDelete(surroundings))
                .addSubcommand(new UsersForget(surroundings));
    }
}
