package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.KeyId;
import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "revoke",
        description = "Revoke a key: from now on it is answered 401.",
        mixinStandardHelpOptions = true)
final class KeysRevoke implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "ID", converter = KeyId.class, description = "The key's id.")
    private long id;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    KeysRevoke(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        JsonNode key = AdminClient.of(data.directory(surroundings))
                .post("/api/v1/keys/" + id + "/revoke", AdminClient.object());
        if (json) {
            surroundings.out().println(key.toPrettyString());
        } else {
            surroundings.out().println("Key " + id + " of " + key.path("user").asText() + " is revoked.");
        }
    }
}
