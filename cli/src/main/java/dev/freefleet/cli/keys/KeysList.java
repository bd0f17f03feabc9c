package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", description = "List keys, revoked and expired ones too.", mixinStandardHelpOptions = true)
final class KeysList implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--user", paramLabel = "U", description = "Only this user's keys.")
    private @Nullable String user;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    KeysList(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        String query = user == null ? "" : "?user=" + URLEncoder.encode(user, StandardCharsets.UTF_8);
        JsonNode keys = AdminClient.of(data.directory(surroundings))
                .get("/api/v1/keys" + query)
                .path("keys");
        if (json) {
            surroundings.out().println(keys.toPrettyString());
        } else {
            KeyTable.print(surroundings, keys);
        }
    }
}
