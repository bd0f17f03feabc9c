package dev.freefleet.cli.users;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "forget",
        description = "Remove or anonymise all that is kept of a person, and say what that was. It cannot be undone.",
        mixinStandardHelpOptions = true)
final class UsersForget extends UserAct {
    @Option(names = "--dry-run", description = "Only say what would become of what.")
    private boolean dryRun;

    UsersForget(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    JsonNode act(AdminClient fleet, ObjectNode named) {
        return fleet.post("/api/v1/users/forget", named.put("dry_run", dryRun));
    }

    @Override
    void show(JsonNode answer) {
        Table table = new Table("PLACE", dryRun ? "WOULD BE" : "WAS", "COUNT", "WHAT");
        answer.path("places")
                .forEach(place -> table.row(
                        place.path("name").asText(),
                        place.path("what").asText(),
                        place.path("count").asText(),
                        place.path("detail").asText()));
        table.print(surroundings.out());
        surroundings.out().println("Backups and files that were exported are not reached; see docs/privacy.md.");
    }
}
