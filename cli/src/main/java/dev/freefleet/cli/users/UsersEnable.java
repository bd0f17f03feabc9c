package dev.freefleet.cli.users;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine.Command;

@Command(
        name = "enable",
        description = "Let a disabled user in again; keys that were revoked stay so.",
        mixinStandardHelpOptions = true)
final class UsersEnable extends UserAct {
    UsersEnable(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    JsonNode act(AdminClient fleet, ObjectNode named) {
        return fleet.post("/api/v1/users/enable", named);
    }
}
