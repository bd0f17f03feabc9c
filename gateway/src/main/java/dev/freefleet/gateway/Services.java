package dev.freefleet.gateway;

import dev.freefleet.edge.Edge;
import java.util.concurrent.atomic.AtomicBoolean;

/** What all exchanges of a gateway share. */
record Services(
        GatewayConfig config,
        Edge edge,
        KeyRing keys,
        Limiter limiter,
        AnswerStore store,
        Flights flights,
        OriginClient origin,
        Health health,
        UsageSink usage,
        GatewayMetrics metrics,
        AtomicBoolean draining) {}
