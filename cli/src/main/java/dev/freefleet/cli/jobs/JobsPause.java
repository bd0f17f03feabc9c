package dev.freefleet.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "pause",
        description = "Keep a job from running when it is due; a run that is under way goes on.",
        mixinStandardHelpOptions = true)
final class JobsPause implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "JOB", description = "The job's name.")
    private String job = "";

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    JobsPause(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        JsonNode answer = AdminClient.of(data.directory(surroundings))
                .post("/api/v1/jobs/" + JobsRun.encoded(job) + "/pause", AdminClient.object());
        if (json) {
            surroundings.out().println(answer.toPrettyString());
        } else {
            surroundings.out().println(answer.path("changed").asBoolean() ? "Paused." : "It was already.");
        }
    }
}
