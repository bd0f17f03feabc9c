package dev.freefleet.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "history", description = "List runs of jobs, the newest first.", mixinStandardHelpOptions = true)
final class JobsHistory implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(arity = "0..1", paramLabel = "JOB", description = "Only runs of this job.")
    private @Nullable String job;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many at the most, 1 to 1000 (default: 20).")
    private int limit;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    JobsHistory(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        String only = job == null ? "" : "&job=" + URLEncoder.encode(job, StandardCharsets.UTF_8);
        JsonNode runs = AdminClient.of(data.directory(surroundings))
                .get("/api/v1/jobs/history?limit=" + limit + only)
                .path("runs");
        if (json) {
            surroundings.out().println(runs.toPrettyString());
        } else {
            RunTable.print(surroundings, runs);
        }
    }
}
