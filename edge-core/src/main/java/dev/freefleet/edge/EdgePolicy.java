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
 * @param hstsSeconds how long browsers are told to come with TLS alone (RFC 6797), to two years; 0, the default: not at
 *     all. It is told over TLS only.
 */
public record EdgePolicy(
        String node,
        List<Route> routes,
        Map<String, Plan> plans,
        RateLimit addressRate,
        RateLimit refusedKeyRate,
        List<String> trustedProxies,
        Cors cors,
        QueryText queryText,
        long hstsSeconds) {
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
        RateLimit.requireRange(hstsSeconds, 0, 63_072_000, "hstsSeconds");
    }

    /** Without a word on TLS. */
    public EdgePolicy(
            String node,
            List<Route> routes,
            Map<String, Plan> plans,
            RateLimit addressRate,
            RateLimit refusedKeyRate,
            List<String> trustedProxies,
            Cors cors,
            QueryText queryText) {
        this(node, routes, plans, addressRate, refusedKeyRate, trustedProxies, cors, queryText, 0);
    }

    /**
     * The defaults of the keys that name it.
     *
     * @param maxConcurrent requests of one key at once, 1 to 10,000; the default is 256
     * @param priority of its requests where requests wait for their turn at the origin, -10 to 10: one more is worth a
     *     second of waiting; the default is 0
     */
    public record Plan(RateLimit rate, List<Quota> quotas, int maxConcurrent, int priority) {
        public Plan {
            Objects.requireNonNull(rate, "rate");
            quotas = List.copyOf(quotas);
            RateLimit.requireRange(maxConcurrent, 1, 10_000, "maxConcurrent");
            RateLimit.requireRange(priority, -10, 10, "priority");
        }

        /** Of the usual priority. */
        public Plan(RateLimit rate, List<Quota> quotas, int maxConcurrent) {
            this(rate, quotas, maxConcurrent, 0);
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
