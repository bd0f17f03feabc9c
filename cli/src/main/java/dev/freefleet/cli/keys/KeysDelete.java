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
        name = "delete",
        description = "Delete what is known of a key, which stays refused.",
        mixinStandardHelpOptions = true)
final class KeysDelete implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "ID", converter = KeyId.class, description = "The key's id.")
    private long id;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--force", description = "Also while it is accepted.")
    private boolean force;

    KeysDelete(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        JsonNode key = AdminClient.of(data.directory(surroundings))
                .post("/api/v1/keys/" + id + "/delete", AdminClient.object().put("force", force));
        if (json) {
            surroundings.out().println(key.toPrettyString());
        } else {
            surroundings.out().println("Key " + id + " of " + key.path("user").asText() + " is deleted.");
        }
    }
}
