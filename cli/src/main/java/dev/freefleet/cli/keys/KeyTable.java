package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Keys for people. */
final class KeyTable {
    private KeyTable() {}

    static void print(Surroundings surroundings, Iterable<JsonNode> keys) {
        Table table =
                new Table("ID", "USER", "NAME", "STATE", "PLAN", "RATE", "QUOTAS", "SCOPES", "CREATED", "EXPIRES");
        for (JsonNode key : keys) {
            table.row(
                    key.path("id").asText(),
                    key.path("user").asText(),
                    key.path("name").asText(),
                    state(key, surroundings.clock().instant()),
                    key.path("plan").asText(),
                    text(key, "rate"),
                    texts(key.path("quotas")),
                    texts(key.path("scopes")),
                    key.path("created_at").asText(),
                    text(key, "expires_at"));
        }
        table.print(surroundings.out());
    }

    private static String state(JsonNode key, Instant now) {
        if (!text(key, "revoked_at").isEmpty()) {
            return "revoked";
        }
        String expires = text(key, "expires_at");
        return !expires.isEmpty() && !Instant.parse(expires).isAfter(now) ? "expired" : "active";
    }

    private static String text(JsonNode key, String member) {
        return key.path(member).isTextual() ? key.path(member).asText() : "";
    }

    private static String texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return String.join(", ", texts);
    }
}
