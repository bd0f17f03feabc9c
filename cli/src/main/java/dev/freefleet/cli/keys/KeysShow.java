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
        name = "show",
        description = "Show one key; never its text, which nobody keeps.",
        mixinStandardHelpOptions = true)
final class KeysShow implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "ID", converter = KeyId.class, description = "The key's id.")
    private long id;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    KeysShow(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        JsonNode key = AdminClient.of(data.directory(surroundings)).get("/api/v1/keys/" + id);
        if (json) {
            surroundings.out().println(key.toPrettyString());
        } else {
            KeyTable.printOne(surroundings, key);
        }
    }
}
