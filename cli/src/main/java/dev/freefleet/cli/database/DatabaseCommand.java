package dev.freefleet.cli.database;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.ConfigLoader;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.Grants;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fleet database grants}. */
@Command(
        name = "database",
        description = "What a database that somebody else administers has to be told.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class DatabaseCommand {
    private DatabaseCommand() {}

    /** The command with what is below it. */
    public static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new DatabaseCommand()).addSubcommand(new Show(surroundings));
    }

    @Command(
            name = "grants",
            description =
                    "Print the SQL that makes the configured users and gives them what they need, for the database's"
                            + " administrator to run once. It needs no fleet that runs.",
            mixinStandardHelpOptions = true)
    static final class Show implements Runnable {
        private final Surroundings surroundings;

        @Mixin
        private final DataOption options = new DataOption();

        Show(Surroundings surroundings) {
            this.surroundings = surroundings;
        }

        @Override
        public void run() {
            FleetConfig config = new ConfigLoader(
                            surroundings.home(), surroundings.workingDirectory(), surroundings.environment())
                    .load(options.flags())
                    .config();
            switch (config.database()) {
                case FleetConfig.Database.External external ->
                    surroundings.out().print(Grants.script(new DataConfig.External(external.url(), external.roles())));
                case FleetConfig.Database.Embedded embedded ->
                    throw CommandException.wrongUsage(
                            "The embedded database is the fleet's own and needs no grants; name another with"
                                    + " database.url.");
            }
            surroundings.out().flush();
        }
    }
}
