package dev.freefleet.cli.edge;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "dev",
        description = "Run the Worker on this machine, in the runtime that Cloudflare runs, until Ctrl-C.",
        footer = "Needs no account.",
        mixinStandardHelpOptions = true)
final class EdgeDev implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--port", paramLabel = "PORT", description = "Its port on loopback (default: 8787).")
    private int port = 8787;

    EdgeDev(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        if (port < 1 || port > 65_535) {
            throw CommandException.wrongUsage("--port must be 1 to 65535, but is " + port + ".");
        }
        Project project = Project.of(surroundings, data);
        new Bundle(project).write();
        project.files().write("bundle/.dev.vars", WorkerSecrets.of(project).devVars());
        project.wrangler().install();
        Wrangler.Outcome outcome = project.wrangler()
                .show(
                        List.of(
                                "dev",
                                "--config",
                                "wrangler.jsonc",
                                "--ip",
                                "127.0.0.1",
                                "--port",
                                Integer.toString(port)),
                        null);
        Wrangler.requireSuccess(outcome, "run the Worker");
    }
}
