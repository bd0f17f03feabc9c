package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;

/** Field lines of the problems (RFC 9457) that the gateway itself answers, before or after the edge core had a say. */
final class Problems {
    private Problems() {}

    static Fields fields(String requestId) {
        return Fields.of(
                "content-type", "application/problem+json",
                "cache-control", "no-store",
                "x-content-type-options", "nosniff",
                "x-request-id", requestId);
    }
}
