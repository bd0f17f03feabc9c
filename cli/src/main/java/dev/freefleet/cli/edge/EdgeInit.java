package dev.freefleet.cli.edge;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "init",
        description =
                "Make the edge token, install the pinned Wrangler, and make the namespace in Workers KV. What is there stays.",
        footer = "Rights at Cloudflare: Workers KV Storage: Edit. With --local none.",
        mixinStandardHelpOptions = true)
final class EdgeInit implements Runnable {
    private static final String RIGHTS = "Workers KV Storage: Edit";
    /** In what Wrangler prints of a namespace that it has made. */
    private static final Pattern ID = Pattern.compile("\"?id\"?\\s*[:=]\\s*\"([0-9a-f]{32})\"");

    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--local", description = "Make nothing at Cloudflare.")
    private boolean local;

    EdgeInit(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Project project = Project.of(surroundings, data);
        boolean made = project.files().makeToken();
        project.say(made ? "edge token: made" : "edge token: there already");
        project.wrangler().install();
        project.say("wrangler: "
                + project.wrangler().run(List.of("--version"), null).text().strip());
        if (!project.kvNamespace().isEmpty()) {
            project.say("KV namespace: " + project.kvNamespace());
        } else if (local) {
            project.say("KV namespace: none; make it with ./fleet edge init");
        } else {
            makeNamespace(project);
        }
        project.say("next: ./fleet edge deploy --dry-run, then ./fleet edge deploy");
    }

    private static void makeNamespace(Project project) {
        Wrangler wrangler = project.wrangler();
        wrangler.requireLogin(RIGHTS);
        Wrangler.Outcome outcome = wrangler.run(
                List.of("kv", "namespace", "create", project.worker().name()), null);
        Wrangler.requireSuccess(outcome, "make the KV namespace (right: " + RIGHTS + ")");
        Matcher id = ID.matcher(outcome.text());
        if (!id.find()) {
            throw new CommandException(
                    "Wrangler made a KV namespace and did not tell its id; look it up in Cloudflare's"
                            + " dashboard and set edge.kv-namespace to it.");
        }
        project.files().keepKvNamespace(id.group(1));
        project.say("KV namespace: " + id.group(1) + ", made");
    }
}
