package dev.freefleet.cli.users;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.keys.KeyTable;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "show", description = "Show a user and all keys of theirs.", mixinStandardHelpOptions = true)
final class UsersShow extends UserAct {
    UsersShow(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    JsonNode act(AdminClient fleet, ObjectNode named) {
        String query = URLEncoder.encode(name, StandardCharsets.UTF_8);
        ObjectNode user = (ObjectNode)
                fleet.get("/api/v1/users?name=" + query).path("users").path(0);
        user.set("keys", fleet.get("/api/v1/keys?user=" + query).path("keys"));
        return user;
    }

    @Override
    void show(JsonNode user) {
        UserTable.print(surroundings, List.of(user));
        surroundings.out().println();
        KeyTable.print(surroundings, user.path("keys"));
    }
}
