package dev.freefleet.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fleet status}. */
@Command(name = "status", description = "Say how the running fleet is.", mixinStandardHelpOptions = true)
public final class StatusCommand implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public StatusCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        AdminClient fleet = AdminClient.of(data.directory(surroundings));
        ObjectNode status = AdminClient.object()
                .put("pid", fleet.run().pid())
                .put("admin", fleet.run().admin().toString());
        status.setAll((ObjectNode) fleet.get("/api/v1/status"));
        if (json) {
            surroundings.out().println(status.toPrettyString());
        } else {
            print(status);
        }
    }

    private void print(JsonNode status) {
        surroundings
                .out()
                .println(status.path("status").asText() + ": gateway "
                        + status.path("gateway").asText() + " admin "
                        + status.path("admin").asText() + ", version "
                        + status.path("version").asText() + ", process "
                        + status.path("pid").asText() + " since "
                        + status.path("started_at").asText());
        Table parts = new Table("PART", "STATE", "DETAIL");
        status.path("parts")
                .forEach(part -> parts.row(
                        part.path("name").asText(),
                        part.path("status").asText(),
                        part.path("detail").asText()));
        parts.print(surroundings.out());
        Table figures = new Table("FIGURE", "VALUE");
        status.path("figures")
                .properties()
                .forEach(
                        figure -> figures.row(figure.getKey(), figure.getValue().asText()));
        figures.print(surroundings.out());
    }
}
