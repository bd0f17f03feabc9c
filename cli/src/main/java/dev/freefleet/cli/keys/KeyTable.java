package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Keys for people. */
public final class KeyTable {
    private KeyTable() {}

    /** A line for each key. */
    public static void print(Surroundings surroundings, Iterable<JsonNode> keys) {
        Table table = new Table(
                "ID", "USER", "NAME", "STATE", "PLAN", "RATE", "QUOTAS", "SCOPES", "CREATED", "EXPIRES", "LAST USED");
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
                    text(key, "expires_at"),
                    text(key, "last_used"));
        }
        table.print(surroundings.out());
    }

    /** One key with all that is known of it; what it does not say is its plan's. */
    static void printOne(Surroundings surroundings, JsonNode key) {
        Table table = new Table("KEY", key.path("id").asText());
        table.row("user", key.path("user").asText())
                .row("name", key.path("name").asText())
                .row("state", state(key, surroundings.clock().instant()))
                .row("plan", key.path("plan").asText())
                .row("scopes", orElse(texts(key.path("scopes")), "all routes"))
                .row("rate", orElse(text(key, "rate"), "the plan's"))
                .row("quotas", orElse(texts(key.path("quotas")), "the plan's"))
                .row("addresses", orElse(texts(key.path("addresses")), "all"))
                .row(
                        "at once",
                        key.path("max_concurrent").isNumber()
                                ? key.path("max_concurrent").asText()
                                : "the plan's")
                .row("created", key.path("created_at").asText())
                .row("expires", orElse(text(key, "expires_at"), "never"))
                .row("last used", orElse(text(key, "last_used"), "never"))
                .row("revoked", text(key, "revoked_at"))
                .row("replaced by", key.path("replaced_by").asText(""))
                .row(
                        "proof",
                        key.path("imported").asBoolean()
                                ? "imported, by its digest"
                                : "signed with secret "
                                        + key.path("secret_version").asText())
                .print(surroundings.out());
    }

    private static String orElse(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }

    private static String state(JsonNode key, Instant now) {
        if (!text(key, "revoked_at").isEmpty()) {
            return "revoked";
        }
        String expires = text(key, "expires_at");
        if (!expires.isEmpty() && !Instant.parse(expires).isAfter(now)) {
            return "expired";
        }
        if (key.path("user_disabled").asBoolean()) {
            return "user disabled";
        }
        return key.path("replaced_by").isNumber() ? "replaced" : "active";
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
