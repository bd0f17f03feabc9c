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
            "fleet-edge",
            "fleet-client",
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
        String read = asVariable(name);
        return FIELDS.contains(read)
                || OVERRIDES.contains(read)
                || read.startsWith("x-forwarded")
                || connection.contains(name);
    }

    /**
     * The name under which an application finds the field that is given fields as variables (RFC 3875 section 4.1.18, and
     * WSGI after it): {@code X_Forwarded_For} and {@code X-Forwarded-For} are one to it.
     */
    static String asVariable(String name) {
        return name.indexOf('_') < 0 ? name : name.replace('_', '-');
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

    /**
     * An answer's fields as a client gets them: without hop-by-hop ones and those that the edge writes itself, but with the
     * Age that tells its own. An origin repeats itself: {@code before}, which passed on the last time, is given again where
     * nothing has changed, so that what was worked out of it holds on, and is kept once.
     */
    static Fields passed(Fields answer, Fields before) {
        List<String> connection = Tokens.of(answer, "connection");
        int same = 0;
        for (int i = 0; i < answer.size(); i++) {
            if (passes(answer.name(i), connection)) {
                boolean repeats = same < before.size()
                        && answer.name(i).equals(before.name(same))
                        && answer.value(i).equals(before.value(same));
                if (!repeats) {
                    return passed(answer, connection);
                }
                same++;
            }
        }
        return same == before.size() ? before : passed(answer, connection);
    }

    private static Fields passed(Fields answer, List<String> connection) {
        Fields.Builder passed = Fields.builder();
        for (int i = 0; i < answer.size(); i++) {
            if (passes(answer.name(i), connection)) {
                passed.add(answer.name(i), answer.value(i));
            }
        }
        return passed.build();
    }

    private static boolean passes(String name, List<String> connection) {
        return !FIELDS.contains(name) && !connection.contains(name) && (!OWN.contains(name) || name.equals("age"));
    }

    /** Whether the edge writes this field of answers itself. */
    static boolean isOwn(String name) {
        return OWN.contains(name);
    }
}
