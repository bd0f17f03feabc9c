package dev.freefleet.cli.edge;

import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fleet edge init|build|dev|deploy|status|tail|secrets|rollback}. */
@Command(
        name = "edge",
        description = "Build, deploy and watch the Worker at Cloudflare.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class EdgeCommand {
    private EdgeCommand() {}

    /** The command with what is below it. */
    public static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new EdgeCommand())
                .addSubcommand(new EdgeInit(surroundings))
                .addSubcommand(new EdgeBuild(surroundings))
                .addSubcommand(new EdgeDev(surroundings))
                .addSubcommand(new EdgeDeploy(surroundings))
                .addSubcommand(new EdgeStatus(surroundings))
                .addSubcommand(new EdgeTail(surroundings))
                .addSubcommand(new EdgeSecrets(surroundings))
                .addSubcommand(new EdgeRollback(surroundings));
    }
}
