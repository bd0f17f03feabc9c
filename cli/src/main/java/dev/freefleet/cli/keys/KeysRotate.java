package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.KeyId;
import dev.freefleet.cli.client.Surroundings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "rotate",
        description =
                "Make a new key with the same owner, name and settings, and show it; the old one ends after a grace.",
        mixinStandardHelpOptions = true)
final class KeysRotate implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "ID", converter = KeyId.class, description = "The old key's id.")
    private long id;

    @Option(
            names = "--grace",
            paramLabel = "D",
            defaultValue = "7d",
            description = "How long the old key goes on working, 0s to 365d (default: 7d).")
    private String grace = "";

    @Option(
            names = "--expires",
            paramLabel = "D",
            description =
                    "When the new key ends: after 30d, or at 2027-01-31T00:00:00Z; by default when the old one was to.")
    private @Nullable String expires;

    @Option(names = "--json", description = "Print {\"id\": ..., \"key\": ...}.")
    private boolean json;

    KeysRotate(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Duration span = Ends.span("--grace", grace);
        if (span.compareTo(Duration.ofDays(365)) > 0) {
            throw CommandException.wrongUsage("--grace: \"" + grace + "\" is out of range; a grace is 0s to 365d.");
        }
        ObjectNode order = AdminClient.object().put("grace_seconds", span.toSeconds());
        if (expires != null) {
            order.put("expires_at", Ends.time("--expires", expires, surroundings.clock()));
        }
        NewKeyShown.print(
                surroundings,
                AdminClient.of(data.directory(surroundings)).post("/api/v1/keys/" + id + "/rotate", order),
                json);
        if (!json) {
            surroundings
                    .err()
                    .println("The old key " + id
                            + (span.isZero() ? " has ended." : " ends in " + grace + " at the latest."));
        }
    }
}
