package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.KeyId;
import dev.freefleet.cli.client.Surroundings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "set",
        description = "Change what a key may do, at once; what is not said stays, and the key itself stays the same.",
        mixinStandardHelpOptions = true)
final class KeysSet implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Mixin
    private final KeySettings settings = new KeySettings();

    @Parameters(paramLabel = "ID", converter = KeyId.class, description = "The key's id.")
    private long id;

    @Option(names = "--name", paramLabel = "N", description = "What its owner calls it.")
    private @Nullable String name;

    @Option(
            names = "--expires",
            paramLabel = "D",
            description =
                    "When it ends: after 30d, at 2027-01-31T00:00:00Z, or never; not later than the key itself says.")
    private @Nullable String expires;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    KeysSet(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        ObjectNode change = AdminClient.object();
        if (name != null) {
            change.put("name", name);
        }
        settings.addTo(change);
        if (expires != null) {
            change.put(
                    "expires_at",
                    expires.equals("never") ? null : Ends.time("--expires", expires, surroundings.clock()));
        }
        if (change.isEmpty()) {
            throw CommandException.wrongUsage("Say what to change, e.g. --rate 60/min; see ./fleet keys set --help.");
        }
        JsonNode key = AdminClient.of(data.directory(surroundings)).post("/api/v1/keys/" + id, change);
        if (json) {
            surroundings.out().println(key.toPrettyString());
        } else {
            KeyTable.printOne(surroundings, key);
        }
    }
}
