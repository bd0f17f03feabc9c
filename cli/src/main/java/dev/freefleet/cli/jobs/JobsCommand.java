package dev.freefleet.cli.jobs;

import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fleet jobs list|run|history|pause|resume}. */
@Command(
        name = "jobs",
        description = "Look at what the fleet does on a schedule, run it, pause it.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class JobsCommand {
    private JobsCommand() {}

    /** The command with what is below it. */
    public static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new JobsCommand())
                .addSubcommand(new JobsList(surroundings))
                .addSubcommand(new JobsRun(surroundings))
                .addSubcommand(new JobsHistory(surroundings))
                .addSubcommand(new JobsPause(surroundings))
                .addSubcommand(new JobsResume(surroundings));
    }
}
