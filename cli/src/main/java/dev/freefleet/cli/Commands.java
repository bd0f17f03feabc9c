package dev.freefleet.cli;

import dev.freefleet.admin.AdminException;
import dev.freefleet.backup.BackupException;
import dev.freefleet.brain.BrainException;
import dev.freefleet.cli.audit.AuditCommand;
import dev.freefleet.cli.backup.BackupCommand;
import dev.freefleet.cli.brain.BrainCommand;
import dev.freefleet.cli.cache.CacheCommand;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.ConfigCommand;
import dev.freefleet.cli.config.ConfigException;
import dev.freefleet.cli.database.DatabaseCommand;
import dev.freefleet.cli.datadir.DataDirectoryException;
import dev.freefleet.cli.edge.EdgeCommand;
import dev.freefleet.cli.jobs.JobsCommand;
import dev.freefleet.cli.keys.KeysCommand;
import dev.freefleet.cli.status.StatusCommand;
import dev.freefleet.cli.up.UpCommand;
import dev.freefleet.cli.usage.UsageCommand;
import dev.freefleet.cli.users.UsersCommand;
import dev.freefleet.data.DataException;
import dev.freefleet.gateway.GatewayException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** All commands, and what their failures become: a sentence and an exit code. */
public final class Commands {
    /** What is above all commands; alone it shows the help. */
    @Command(
            name = "fleet",
            description = "SOLO Free Fleet: everything around one person's Brain.",
            mixinStandardHelpOptions = true,
            synopsisSubcommandLabel = "COMMAND")
    static final class Top implements Runnable {
        @CommandLine.Spec
        private CommandLine.Model.@Nullable CommandSpec spec;

        @Override
        public void run() {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "Name a command.");
        }
    }

    private Commands() {}

    /** Runs what the arguments say. @return the exit code: 0 done, 1 failed, 2 wrong usage or configuration */
    public static int run(Surroundings surroundings, String... arguments) {
        return all(surroundings).execute(arguments);
    }

    static CommandLine all(Surroundings surroundings) {
        CommandLine fleet = new CommandLine(new Top())
                .addSubcommand(new UpCommand(surroundings))
                .addSubcommand(new StatusCommand(surroundings))
                .addSubcommand(BrainCommand.with(surroundings))
                .addSubcommand(KeysCommand.with(surroundings))
                .addSubcommand(UsersCommand.with(surroundings))
                .addSubcommand(AuditCommand.with(surroundings))
                .addSubcommand(CacheCommand.with(surroundings))
                .addSubcommand(EdgeCommand.with(surroundings))
                .addSubcommand(UsageCommand.with(surroundings))
                .addSubcommand(JobsCommand.with(surroundings))
                .addSubcommand(DatabaseCommand.with(surroundings))
                .addSubcommand(BackupCommand.with(surroundings))
                .addSubcommand(ConfigCommand.with(surroundings))
                .addSubcommand(new VersionCommand(surroundings))
                .addSubcommand(new CompletionCommand(surroundings));
        tellVersion(fleet);
        return fleet.setOut(surroundings.out())
                .setErr(surroundings.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Commands::wrongUsage)
                .setExecutionExceptionHandler(Commands::failed);
    }

    /** {@code --version} says the same at every command. */
    private static void tellVersion(CommandLine command) {
        command.getCommandSpec().versionProvider(() -> new String[] {VersionCommand.TEXT});
        command.getSubcommands().values().forEach(Commands::tellVersion);
    }

    private static int wrongUsage(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("fleet: " + e.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
        command.getErr().println("Try: ./" + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private static int failed(Exception e, CommandLine command, ParseResult parsed) {
        return switch (e) {
            case ConfigException config -> {
                config.problems().forEach(problem -> command.getErr().println(problem));
                yield ExitCode.USAGE;
            }
            case CommandException known -> {
                int code = told(command, known);
                yield known.isWrongUsage() ? ExitCode.USAGE : code;
            }
            case DataDirectoryException known -> told(command, known);
            case DataException known -> told(command, known);
            case BrainException known -> told(command, known);
            case GatewayException known -> told(command, known);
            case AdminException known -> told(command, known);
            case BackupException known -> told(command, known);
            default -> {
                command.getErr()
                        .println("fleet: this is a fault of the fleet itself; please report it with these lines:");
                e.printStackTrace(command.getErr());
                yield ExitCode.SOFTWARE;
            }
        };
    }

    private static int told(CommandLine command, Exception e) {
        command.getErr().println("fleet: " + e.getMessage());
        return ExitCode.SOFTWARE;
    }
}
