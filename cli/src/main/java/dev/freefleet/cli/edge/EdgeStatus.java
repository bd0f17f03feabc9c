package dev.freefleet.cli.edge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        description = "Show what is set up for the Worker here and, with an account, what is deployed.",
        footer = "Rights at Cloudflare: Workers Scripts: Read; without an account only what is here is shown.",
        mixinStandardHelpOptions = true)
final class EdgeStatus implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    EdgeStatus(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Project project = Project.of(surroundings, data);
        ObjectNode status = new ObjectMapper()
                .createObjectNode()
                .put("name", project.worker().name())
                .put("token", project.files().token().isEmpty() ? "none" : "made")
                .put("wrangler", project.wrangler().isInstalled() ? "installed" : "not installed")
                .put("kv_namespace", project.kvNamespace().isEmpty() ? "none" : project.kvNamespace())
                .put("domain", EdgeDeploy.domain(project))
                .put("fleet_url", text(project.worker().fleet()))
                .put("bundle", bundle(project))
                .put("deployed", deployed(project));
        if (json) {
            surroundings.out().println(status.toPrettyString());
        } else {
            status.properties()
                    .forEach(line -> project.say(line.getKey().replace('_', ' ') + ": "
                            + line.getValue().asText()));
        }
    }

    private static String text(@org.jspecify.annotations.Nullable URI url) {
        return url == null ? "none; set edge.url" : url.toString();
    }

    private static String bundle(Project project) {
        Path file = project.files().bundle().resolve("policy.json");
        if (!Files.exists(file)) {
            return "not built; build it with ./fleet edge build";
        }
        if (project.worker().fleet() == null) {
            return "built";
        }
        try {
            boolean same = Files.readString(file).equals(new Bundle(project).policy());
            return same ? "built from this configuration" : "built from another configuration; deploy it anew";
        } catch (IOException e) {
            throw new CommandException("The file " + file + " cannot be read.", e);
        }
    }

    private static String deployed(Project project) {
        if (!project.wrangler().isInstalled()) {
            return "not known: Wrangler is not installed; ./fleet edge init does that";
        }
        try {
            project.wrangler().requireLogin("Workers Scripts: Read");
        } catch (CommandException notLoggedIn) {
            return "not known: nobody is logged in at Cloudflare";
        }
        Wrangler.Outcome outcome = project.wrangler()
                .run(List.of("deployments", "status", "--name", project.worker().name()), null);
        return outcome.code() == 0
                ? outcome.text().strip()
                : "not known: Wrangler says " + Wrangler.reason(outcome.text());
    }
}
