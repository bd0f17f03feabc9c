package dev.freefleet.cli.edge;

import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "tail",
        description = "Show what the Worker logs, as it happens, until Ctrl-C.",
        footer = "Rights at Cloudflare: Workers Tail: Read.",
        mixinStandardHelpOptions = true)
final class EdgeTail implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    EdgeTail(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Project project = Project.of(surroundings, data);
        project.wrangler().requireLogin("Workers Tail: Read");
        Wrangler.Outcome outcome =
                project.wrangler().show(List.of("tail", project.worker().name(), "--format", "pretty"), null);
        Wrangler.requireSuccess(outcome, "show the Worker's log (right: Workers Tail: Read)");
    }
}
