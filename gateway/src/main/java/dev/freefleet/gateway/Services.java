package dev.freefleet.gateway;

import dev.freefleet.edge.Edge;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What all exchanges of a gateway share. */
record Services(
        GatewayConfig config,
        Edge edge,
        KeyRing keys,
        Limiter limiter,
        Quotas quotas,
        Places places,
        AnswerStore store,
        Flights flights,
        OriginClient origin,
        Health health,
        UsageSink usage,
        GatewayMetrics metrics,
        AtomicBoolean draining,
        Purges purges,
        Tunnels tunnels,
        @Nullable SharedState shared,
        @Nullable SharedLimits sharedLimits,
        RemoteEdges edges,
        EdgeCalls edgeCalls,
        ContentBudget content) {}
