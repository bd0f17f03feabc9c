package dev.freefleet.cli.edge;

import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "build",
        description =
                "Write the Worker's policy from the configuration and have Wrangler bundle it, without deploying it.",
        footer = "Needs no account.",
        mixinStandardHelpOptions = true)
final class EdgeBuild implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    EdgeBuild(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Project project = Project.of(surroundings, data);
        Bundle bundle = new Bundle(project);
        bundle.write();
        project.wrangler().install();
        project.say("bundle: " + project.files().bundle());
        project.say(bundle.check());
    }
}
