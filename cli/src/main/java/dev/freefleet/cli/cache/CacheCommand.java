package dev.freefleet.cli.cache;

import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fleet cache purge|stats|show}. */
@Command(
        name = "cache",
        description = "Look at the stored answers, and purge them.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class CacheCommand {
    private CacheCommand() {}

    /** The command with what is below it. */
    public static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new CacheCommand())
                .addSubcommand(new CachePurge(surroundings))
                .addSubcommand(new CacheStats(surroundings))
                .addSubcommand(new CacheShow(surroundings));
    }
}
