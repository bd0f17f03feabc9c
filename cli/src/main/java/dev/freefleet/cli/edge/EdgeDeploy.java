package dev.freefleet.cli.edge;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "deploy",
        description = "Build the Worker, give it its secrets, and deploy it.",
        footer =
                "Rights at Cloudflare: Workers Scripts: Edit; for edge.domain also Zone: Read and Workers Routes: Edit of its zone."
                        + " With --dry-run none.",
        mixinStandardHelpOptions = true)
final class EdgeDeploy implements Runnable {
    static final String RIGHTS = "Workers Scripts: Edit; for a custom domain also Zone: Read and Workers Routes: Edit";

    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--dry-run", description = "Check all that can be checked without an account, and deploy nothing.")
    private boolean dryRun;

    EdgeDeploy(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Project project = Project.of(surroundings, data);
        WorkerSecrets secrets = WorkerSecrets.of(project);
        Bundle bundle = new Bundle(project);
        bundle.write();
        Wrangler wrangler = project.wrangler();
        wrangler.install();
        project.say(bundle.check());
        project.say("secrets: " + String.join(", ", secrets.names()));
        project.say("domain: " + domain(project));
        if (dryRun) {
            project.say("nothing was deployed (--dry-run)");
            return;
        }
        if (project.kvNamespace().isEmpty()) {
            throw new CommandException("There is no KV namespace yet; make it with: ./fleet edge init");
        }
        wrangler.requireLogin(RIGHTS);
        EdgeSecrets.put(project, secrets);
        Wrangler.Outcome outcome = wrangler.show(List.of("deploy", "--config", "wrangler.jsonc"), null);
        Wrangler.requireSuccess(outcome, "deploy the Worker (rights: " + RIGHTS + ")");
        project.say("deployed; watch it with ./fleet edge tail, go back with ./fleet edge rollback");
    }

    static String domain(Project project) {
        String domain = project.worker().domain();
        return domain == null
                ? "none; set edge.domain, or nobody can reach the Worker"
                : domain + ", a custom domain: Cloudflare makes its DNS record and certificate";
    }
}
