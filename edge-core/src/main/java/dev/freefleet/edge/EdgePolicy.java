package dev.freefleet.edge;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * All that an edge is configured with, checked when it is made.
 *
 * @param node this edge's name in usage events, 1 to 64 characters
 * @param routes in order: the first whose path matches decides
 * @param plans by name; must hold "default", which stands in for a plan that is not there
 * @param addressRate for each client address (IPv6: each /64) over all routes
 * @param refusedKeyRate refused keys for each client address; past it a wrong key is answered 429, and a text that is no
 *     fleet key (it may be an imported one) is not looked at any more; a right fleet key always passes
 * @param trustedProxies CIDR blocks whose {@code X-Forwarded-For} is believed; none by default
 * @param cors origins that browsers may call from; none by default
 * @param queryText how much of a question usage events keep
 */
public record EdgePolicy(
        String node,
        List<Route> routes,
        Map<String, Plan> plans,
        RateLimit addressRate,
        RateLimit refusedKeyRate,
        List<String> trustedProxies,
        Cors cors,
        QueryText queryText) {
    public EdgePolicy {
        Objects.requireNonNull(node, "node");
        routes = List.copyOf(routes);
        plans = Map.copyOf(plans);
        if (!plans.containsKey("default")) {
            throw new IllegalArgumentException("plans must hold one named \"default\"");
        }
        Objects.requireNonNull(addressRate, "addressRate");
        Objects.requireNonNull(refusedKeyRate, "refusedKeyRate");
        trustedProxies = List.copyOf(trustedProxies);
        Objects.requireNonNull(cors, "cors");
        Objects.requireNonNull(queryText, "queryText");
    }

    /**
     * The defaults of the keys that name it.
     *
     * @param maxConcurrent requests of one key at once, 1 to 10,000; the default is 256
     */
    public record Plan(RateLimit rate, List<Quota> quotas, int maxConcurrent) {
        public Plan {
            Objects.requireNonNull(rate, "rate");
            quotas = List.copyOf(quotas);
            RateLimit.requireRange(maxConcurrent, 1, 10_000, "maxConcurrent");
        }

        /** With the default concurrency. */
        public Plan(RateLimit rate, List<Quota> quotas) {
            this(rate, quotas, 256);
        }
    }

    /**
     * Cross-origin calls from browsers (the Fetch standard's CORS protocol).
     *
     * @param origins exact origins such as {@code https://app.example}; empty: CORS is off
     * @param maxAgeSeconds how long a browser may keep a preflight's answer; the default is 600
     */
    public record Cors(Set<String> origins, int maxAgeSeconds) {
        public Cors {
            origins = Set.copyOf(origins);
            RateLimit.requireRange(maxAgeSeconds, 0, 86_400, "maxAgeSeconds");
        }
    }

    /** How much of a question's text usage events keep. */
    public enum QueryText {
        FULL,
        DIGEST,
        OFF
    }
}
