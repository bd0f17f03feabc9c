package dev.freefleet.cli.edge;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "rollback",
        description = "Deploy the version of the Worker before this one, or the one that is named.",
        footer =
                "Rights at Cloudflare: Workers Scripts: Edit. To take the Worker out of the way altogether, remove its custom domain;"
                        + " see docs/cloudflare.md.",
        mixinStandardHelpOptions = true)
final class EdgeRollback implements Runnable {
    private static final String RIGHTS = "Workers Scripts: Edit";

    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(arity = "0..1", paramLabel = "VERSION", description = "The version's id (default: the one before).")
    private @Nullable String version;

    EdgeRollback(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        String wanted = version;
        if (wanted != null && !wanted.matches("[0-9a-f-]{36}")) {
            throw CommandException.wrongUsage(
                    "\"" + wanted + "\" is no version's id, which has 36 characters; ./fleet edge status lists them.");
        }
        Project project = Project.of(surroundings, data);
        project.wrangler().requireLogin(RIGHTS);
        List<String> arguments = new ArrayList<>(List.of("rollback"));
        if (wanted != null) {
            arguments.add(wanted);
        }
        arguments.addAll(List.of("--name", project.worker().name(), "--message", "fleet edge rollback", "--yes"));
        Wrangler.Outcome outcome = project.wrangler().show(arguments, null);
        Wrangler.requireSuccess(outcome, "roll back (right: " + RIGHTS + ")");
    }
}
