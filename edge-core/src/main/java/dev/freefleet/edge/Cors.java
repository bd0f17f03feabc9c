package dev.freefleet.edge;

import org.jspecify.annotations.Nullable;

/** The CORS protocol of the Fetch standard, for the origins that the policy names. */
final class Cors {
    private static final String EXPOSED =
            "Age, Cache-Status, ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
    private static final String ALLOWED = "Authorization, Cache-Control, Content-Type, If-Match, If-Modified-Since, "
            + "If-None-Match, Range, Traceparent, X-API-Key";

    private final EdgePolicy.Cors policy;

    Cors(EdgePolicy.Cors policy) {
        this.policy = policy;
    }

    /** Whether this is the question that browsers ask before a call. */
    static boolean isPreflight(RequestHead request) {
        return request.method().equals("OPTIONS")
                && request.fields().has("origin")
                && request.fields().has("access-control-request-method");
    }

    /** The head of the answer to a preflight. */
    Fields preflight(RequestHead request, Route route) {
        Fields.Builder fields = Fields.builder();
        if (allowed(request) != null) {
            fields.add("access-control-allow-methods", RouteTable.allow(route))
                    .add("access-control-allow-headers", ALLOWED)
                    .add("access-control-max-age", Integer.toString(policy.maxAgeSeconds()))
                    .add("vary", "Access-Control-Request-Method, Access-Control-Request-Headers");
        }
        return fields.build();
    }

    /** Adds to any answer what a browser needs to hand it to the page. */
    void writeTo(Fields.Builder fields, RequestHead request) {
        if (policy.origins().isEmpty()) {
            return;
        }
        fields.add("vary", "Origin");
        String origin = allowed(request);
        if (origin != null) {
            fields.set("access-control-allow-origin", origin).set("access-control-expose-headers", EXPOSED);
        }
    }

    private @Nullable String allowed(RequestHead request) {
        String origin = request.fields().combined("origin");
        return origin != null && policy.origins().contains(origin) ? origin : null;
    }
}
