package dev.freefleet.cli.users;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine.Command;

@Command(
        name = "disable",
        description = "Disable a user: all keys of theirs are refused from now on.",
        mixinStandardHelpOptions = true)
final class UsersDisable extends UserAct {
    UsersDisable(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    JsonNode act(AdminClient fleet, ObjectNode named) {
        return fleet.post("/api/v1/users/disable", named);
    }
}
