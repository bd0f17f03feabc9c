package dev.freefleet.worker;

import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.UsageEvent;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of questions leaves the Worker with the record of a request, beyond what the edge's policy says of all.
 *
 * @param routes what is kept of single routes, where that is less
 * @param parked whether texts may wait in KV; not where the fleet takes something out of them before it writes them
 */
record Questions(Map<String, EdgePolicy.QueryText> routes, boolean parked) {
    Questions {
        routes = Map.copyOf(routes);
    }

    private EdgePolicy.QueryText of(UsageEvent event) {
        return routes.getOrDefault(event.route(), EdgePolicy.QueryText.FULL);
    }

    @Nullable
    String digest(UsageEvent event) {
        return switch (of(event)) {
            case OFF -> null;
            case DIGEST, FULL -> event.queryDigest();
        };
    }

    @Nullable
    String text(UsageEvent event) {
        return switch (of(event)) {
            case OFF, DIGEST -> null;
            case FULL -> event.queryText();
        };
    }
}
