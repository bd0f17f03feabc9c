package dev.freefleet.cli.up;

import dev.freefleet.admin.FleetStatus;
import dev.freefleet.admin.FleetStatus.Part;
import dev.freefleet.admin.FleetStatus.State;
import dev.freefleet.cli.client.Version;
import dev.freefleet.data.DataException;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.UsageCounters;
import dev.freefleet.gateway.AnswerStore;
import dev.freefleet.gateway.Gateway;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** How the fleet and its parts are, asked when somebody wants to know. */
final class Condition {
    private final Instant startedAt;
    private final URI gatewayUrl;
    private final URI brainUrl;
    private final Gateway gateway;
    private final DataPlane data;
    private final UsageCounters usage;

    Condition(Clock clock, URI gatewayUrl, URI brainUrl, Gateway gateway, DataPlane data, UsageCounters usage) {
        this.startedAt = clock.instant();
        this.gatewayUrl = gatewayUrl;
        this.brainUrl = brainUrl;
        this.gateway = gateway;
        this.data = data;
        this.usage = usage;
    }

    FleetStatus now() {
        List<Part> parts = List.of(new Part("gateway", State.UP, gatewayUrl.toString()), brain(), database());
        return new FleetStatus(Version.CURRENT, startedAt, gatewayUrl, parts, figures());
    }

    private Part brain() {
        String status = gateway.brainStatus();
        State state = switch (status) {
            case "healthy" -> State.UP;
            case "degraded" -> State.DEGRADED;
            default -> State.DOWN;
        };
        return new Part("brain", state, status + " at " + brainUrl);
    }

    private Part database() {
        try {
            data.users().find(FirstStart.OWNER);
            return new Part("database", State.UP, data.describe());
        } catch (DataException e) {
            return new Part("database", State.DOWN, String.valueOf(e.getMessage()));
        }
    }

    private SequencedMap<String, Long> figures() {
        SequencedMap<String, Long> figures = new LinkedHashMap<>();
        AnswerStore.Stats cache = gateway.store().stats();
        figures.put("cache.keys", cache.keys());
        figures.put("cache.bytes", cache.bytes());
        figures.put("cache.max_bytes", cache.maxBytes());
        figures.put("cache.evictions", cache.evictions());
        figures.put("usage.accepted", usage.accepted());
        figures.put("usage.written", usage.written());
        figures.put("usage.waiting", (long) usage.queueDepth());
        figures.put("usage.dropped", usage.dropped());
        figures.put("usage.rejected", usage.rejected());
        return figures;
    }
}
