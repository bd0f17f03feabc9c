package dev.freefleet.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        description = "Run a job now, and wait for its end. The schedule goes on as it would without.",
        mixinStandardHelpOptions = true)
final class JobsRun implements Runnable {
    private static final int LOOKED_AT = 100;
    private static final long PAUSE_MILLIS = 500;

    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "JOB", description = "The job's name.")
    private String job = "";

    @Option(names = "--no-wait", description = "Do not wait for its end.")
    private boolean leave;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    JobsRun(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        AdminClient fleet = AdminClient.of(data.directory(surroundings));
        JsonNode asked = fleet.post("/api/v1/jobs/" + encoded(job) + "/run", AdminClient.object());
        if (leave) {
            surroundings.out().println(json ? asked.toPrettyString() : "Asked for; ./fleet jobs history shows it.");
            return;
        }
        JsonNode run = end(fleet, asked.path("run").asText());
        if (json) {
            surroundings.out().println(run.toPrettyString());
        } else {
            RunTable.print(surroundings, List.of(run));
        }
        if (!run.path("outcome").asText().equals("done")) {
            throw new CommandException("The run " + run.path("outcome").asText() + "; the fleet's log tells more.");
        }
    }

    private JsonNode end(AdminClient fleet, String id) {
        while (true) {
            for (JsonNode run : fleet.get("/api/v1/jobs/history?limit=" + LOOKED_AT + "&job=" + encoded(job))
                    .path("runs")) {
                if (run.path("id").asText().equals(id)
                        && run.path("finished_at").isTextual()) {
                    return run;
                }
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandException("Not waiting any more; the run goes on.", e);
            }
        }
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
