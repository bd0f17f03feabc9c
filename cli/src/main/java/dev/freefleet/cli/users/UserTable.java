package dev.freefleet.cli.users;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;

/** Users for people. */
final class UserTable {
    private UserTable() {}

    static void print(Surroundings surroundings, Iterable<JsonNode> users) {
        Table table = new Table("ID", "NAME", "EMAIL", "STATE", "CREATED");
        for (JsonNode user : users) {
            table.row(
                    user.path("id").asText(),
                    user.path("name").asText(),
                    user.path("email").isTextual() ? user.path("email").asText() : "",
                    user.path("disabled_at").isTextual() ? "disabled" : "active",
                    user.path("created_at").asText());
        }
        table.print(surroundings.out());
    }
}
