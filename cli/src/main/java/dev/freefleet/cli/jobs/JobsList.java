package dev.freefleet.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = "List the jobs, when they run next and how they ran last.",
        mixinStandardHelpOptions = true)
final class JobsList implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    JobsList(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        JsonNode jobs =
                AdminClient.of(data.directory(surroundings)).get("/api/v1/jobs").path("jobs");
        if (json) {
            surroundings.out().println(jobs.toPrettyString());
            return;
        }
        Table table = new Table("JOB", "SCHEDULE", "ZONE", "STATE", "NEXT", "LAST", "OUTCOME", "MISSED");
        for (JsonNode job : jobs) {
            JsonNode last = job.path("last");
            table.row(
                    job.path("name").asText(),
                    job.path("schedule").asText(),
                    job.path("zone").asText(),
                    job.path("state").asText(),
                    text(job.path("next")),
                    text(last.path("started_at")),
                    text(last.path("outcome")),
                    job.path("missed").asText());
        }
        table.print(surroundings.out());
    }

    /** What is null is not the word. */
    static String text(JsonNode value) {
        return value.isTextual() ? value.asText() : "";
    }
}
