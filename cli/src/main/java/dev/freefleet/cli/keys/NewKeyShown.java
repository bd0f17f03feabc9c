package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.Surroundings;

/** A new key, shown the only time: its text alone on standard output, so that it can be piped. */
final class NewKeyShown {
    private NewKeyShown() {}

    static void print(Surroundings surroundings, JsonNode key, boolean json) {
        if (json) {
            ObjectNode shown = AdminClient.object();
            shown.set("id", key.path("id"));
            shown.set("key", key.path("key"));
            surroundings.out().println(shown);
            return;
        }
        surroundings.out().println(key.path("key").asText());
        surroundings
                .err()
                .println("This is key " + key.path("id").asText() + " of "
                        + key.path("user").asText() + ". Keep it now: it is not shown again.");
    }
}
