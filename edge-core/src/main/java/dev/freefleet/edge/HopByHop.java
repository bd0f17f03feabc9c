package dev.freefleet.edge;

import java.util.List;
import java.util.Set;

/** Which fields pass from one side to the other. */
final class HopByHop {
    /** RFC 9110 section 7.6.1 and what was never meant to pass a proxy. */
    private static final Set<String> FIELDS = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-authentication-info",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            "content-length");

    /**
     * Fields with which a client tells an origin to see another request than the one that was routed, limited and
     * looked up, and those that the edge sets itself.
     */
    private static final Set<String> OVERRIDES = Set.of(
            "host",
            "expect",
            "proxy",
            "forwarded",
            "via",
            "x-api-key",
            "x-request-id",
            "x-real-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-remote-ip",
            "x-remote-addr",
            "x-originating-ip",
            "x-envoy-external-address",
            "true-client-ip",
            "cf-connecting-ip",
            "cf-connecting-ipv6",
            "fastly-client-ip",
            "client-ip",
            "cdn-loop",
            "x-host",
            "x-original-host",
            "x-original-url",
            "x-original-uri",
            "x-original-method",
            "x-rewrite-url",
            "x-request-uri",
            "x-url-scheme",
            "x-scheme",
            "x-method-override",
            "x-http-method",
            "x-http-method-override",
            "x-middleware-subrequest",
            "x-backend-host",
            "front-end-https",
            "base-url",
            "request-uri");

    /** Fields of an answer that the edge alone writes. */
    private static final Set<String> OWN = Set.of(
            "age", "cache-status", "x-request-id", "ratelimit", "ratelimit-policy", "x-cache", "x-accel-redirect");

    private HopByHop() {}

    /** Whether a request's field ends here. */
    static boolean endsRequest(String name, List<String> connection) {
        return FIELDS.contains(name)
                || OVERRIDES.contains(name)
                || name.startsWith("x-forwarded")
                || connection.contains(name);
    }

    /** An answer's fields as they pass on: without hop-by-hop ones. */
    static Fields answer(Fields fields) {
        List<String> connection = Tokens.of(fields, "connection");
        Fields.Builder passed = Fields.builder();
        fields.forEach((name, value) -> {
            if (!FIELDS.contains(name) && !connection.contains(name)) {
                passed.add(name, value);
            }
        });
        return passed.build();
    }

    /** Whether the edge writes this field of answers itself. */
    static boolean isOwn(String name) {
        return OWN.contains(name);
    }
}
