package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.Durations;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
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

    @Option(names = "--user", required = true, paramLabel = "U", description = "Whose key it is: a user's name.")
    private String user = "";

    @Option(names = "--name", required = true, paramLabel = "N", description = "What its owner calls it.")
    private String name = "";

    @Option(names = "--plan", paramLabel = "P", description = "The plan whose limits hold (default: default).")
    private @Nullable String plan;

    @Option(names = "--rate", paramLabel = "R", description = "A rate of its own, e.g. 60/min.")
    private @Nullable String rate;

    @Option(names = "--quota", paramLabel = "Q", description = "A quota of its own, e.g. 1000/day; also 20000/month.")
    private final List<String> quotas = new ArrayList<>();

    @Option(names = "--expires", paramLabel = "D", description = "After what time it ends, e.g. 30d; never by default.")
    private @Nullable String expires;

    @Option(
            names = "--scope",
            paramLabel = "ROUTE",
            description = "A route that it may use; all by default. Repeatable.")
    private final List<String> scopes = new ArrayList<>();

    @Option(names = "--json", description = "Print {\"id\": ..., \"key\": ...}.")
    private boolean json;

    KeysCreate(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        ObjectNode order = AdminClient.object().put("user", user).put("name", name);
        order.put("plan", plan).put("rate", rate).put("expires_at", expires == null ? null : expiry(expires));
        ArrayNode quotaTexts = order.putArray("quotas");
        quotas.forEach(quotaTexts::add);
        ArrayNode scopeTexts = order.putArray("scopes");
        scopes.forEach(scopeTexts::add);
        JsonNode key = AdminClient.of(data.directory(surroundings)).post("/api/v1/keys", order);
        if (json) {
            ObjectNode shown = AdminClient.object();
            shown.set("id", key.path("id"));
            shown.set("key", key.path("key"));
            surroundings.out().println(shown);
        } else {
            surroundings.out().println(key.path("key").asText());
            surroundings
                    .err()
                    .println("This is key " + key.path("id").asText() + " of "
                            + key.path("user").asText() + ". Keep it now: it is not shown again.");
        }
    }

    private String expiry(String written) {
        try {
            Duration time = Durations.parse(written);
            return surroundings
                    .clock()
                    .instant()
                    .plus(time)
                    .truncatedTo(ChronoUnit.SECONDS)
                    .toString();
        } catch (IllegalArgumentException e) {
            throw new CommandException("--expires: \"" + written + "\" " + e.getMessage() + ".", e);
        }
    }
}
