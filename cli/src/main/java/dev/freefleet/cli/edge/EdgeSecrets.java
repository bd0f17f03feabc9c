package dev.freefleet.cli.edge;

import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "secrets",
        description = "List the names of the Worker's secrets, or give it their values, as after keys rotate-secret.",
        footer = "Rights at Cloudflare for --put: Workers Scripts: Edit.",
        mixinStandardHelpOptions = true)
final class EdgeSecrets implements Runnable {
    private static final String RIGHTS = "Workers Scripts: Edit";

    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--put", description = "Give the Worker the values that the fleet has now.")
    private boolean put;

    EdgeSecrets(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Project project = Project.of(surroundings, data);
        WorkerSecrets secrets = WorkerSecrets.of(project);
        if (put) {
            project.wrangler().requireLogin(RIGHTS);
            put(project, secrets);
        }
        secrets.names().forEach(project::say);
    }

    /** By standard input: arguments can be read by every process. */
    static void put(Project project, WorkerSecrets secrets) {
        Wrangler.Outcome outcome = project.wrangler()
                .run(List.of("secret", "bulk", "--name", project.worker().name()), secrets.json());
        Wrangler.requireSuccess(outcome, "give the Worker its secrets (right: " + RIGHTS + ")");
    }
}
