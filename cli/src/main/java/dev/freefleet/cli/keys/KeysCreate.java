package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "create",
        description = "Make a key and show it; it is shown this once and kept nowhere.",
        mixinStandardHelpOptions = true)
final class KeysCreate implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Mixin
    private final KeySettings settings = new KeySettings();

    @Option(names = "--user", required = true, paramLabel = "U", description = "Whose key it is: a user's name.")
    private String user = "";

    @Option(names = "--name", required = true, paramLabel = "N", description = "What its owner calls it.")
    private String name = "";

    @Option(
            names = "--expires",
            paramLabel = "D",
            description = "When it ends: after 30d, or at 2027-01-31T00:00:00Z; never by default.")
    private @Nullable String expires;

    @Option(names = "--json", description = "Print {\"id\": ..., \"key\": ...}.")
    private boolean json;

    KeysCreate(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        ObjectNode order = AdminClient.object().put("user", user).put("name", name);
        settings.addTo(order);
        if (expires != null) {
            order.put("expires_at", Ends.time("--expires", expires, surroundings.clock()));
        }
        NewKeyShown.print(
                surroundings, AdminClient.of(data.directory(surroundings)).post("/api/v1/keys", order), json);
    }
}
