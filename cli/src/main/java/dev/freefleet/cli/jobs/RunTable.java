package dev.freefleet.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;

/** Runs of jobs, for people. */
final class RunTable {
    private RunTable() {}

    static void print(Surroundings surroundings, Iterable<JsonNode> runs) {
        Table table = new Table("JOB", "SCHEDULED FOR", "STARTED", "FINISHED", "BY", "NODE", "OUTCOME", "SUMMARY");
        for (JsonNode run : runs) {
            int missed = run.path("missed").asInt();
            table.row(
                    run.path("job").asText(),
                    run.path("scheduled_for").asText() + (missed == 0 ? "" : " (+" + missed + " missed)"),
                    run.path("started_at").asText(),
                    JobsList.text(run.path("finished_at")),
                    run.path("started_by").asText(),
                    run.path("node").asText(),
                    run.path("outcome").asText(),
                    JobsList.text(run.path("summary")));
        }
        table.print(surroundings.out());
    }
}
