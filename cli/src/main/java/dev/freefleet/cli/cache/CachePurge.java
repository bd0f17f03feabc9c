package dev.freefleet.cli.cache;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "purge",
        description = "Remove stored answers; what is just being fetched is not stored either. It does not ask back.",
        mixinStandardHelpOptions = true)
final class CachePurge implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @ArgGroup(exclusive = true, multiplicity = "1")
    private final What what = new What();

    @Option(names = "--json", description = "Print {\"removed\": ...}.")
    private boolean json;

    /** Exactly one of them is given. */
    static final class What {
        @Option(
                names = "--tag",
                paramLabel = "T",
                description = "The answers that rest on this document (the id of one of their sources).")
        private @Nullable String tag;

        @Option(names = "--route", paramLabel = "R", description = "The answers of this route.")
        private @Nullable String route;

        @Option(names = "--key", paramLabel = "K", description = "The answers under this cache key; see cache show.")
        private @Nullable String key;

        @Option(names = "--all", description = "All answers.")
        private boolean all;

        ObjectNode order() {
            ObjectNode order = AdminClient.object();
            return all
                    ? order.put("all", true)
                    : order.put("tag", tag).put("route", route).put("key", key);
        }
    }

    CachePurge(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        long removed = AdminClient.of(data.directory(surroundings))
                .post("/api/v1/cache/purge", what.order())
                .path("removed")
                .asLong();
        if (json) {
            surroundings.out().println(AdminClient.object().put("removed", removed));
        } else {
            surroundings.out().println(removed + (removed == 1 ? " answer" : " answers") + " removed.");
        }
    }
}
