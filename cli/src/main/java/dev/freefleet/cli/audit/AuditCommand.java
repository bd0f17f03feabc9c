package dev.freefleet.cli.audit;

import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fleet audit list}. */
@Command(
        name = "audit",
        description = "Tell who changed what: every administrative act is noted.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class AuditCommand {
    private AuditCommand() {}

    /** The command with what is below it. */
    public static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new AuditCommand()).addSubcommand(new AuditList(surroundings));
    }
}
