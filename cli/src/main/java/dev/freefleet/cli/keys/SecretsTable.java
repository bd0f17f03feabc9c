package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;

/** The versions of the signing secrets. */
final class SecretsTable {
    private SecretsTable() {}

    static void print(Surroundings surroundings, JsonNode answer, boolean json) {
        JsonNode secrets = answer.path("secrets");
        if (json) {
            surroundings.out().println(secrets.toPrettyString());
            return;
        }
        Table table = new Table("VERSION", "STATE", "LIVE KEYS");
        for (JsonNode secret : secrets) {
            table.row(
                    secret.path("version").asText(),
                    secret.path("current").asBoolean() ? "signs new keys" : "accepted",
                    secret.path("keys").asText());
        }
        table.print(surroundings.out());
    }
}
