package dev.freefleet.edge;

import java.util.List;
import java.util.Set;

/** The fields that a request has when it goes on to the origin. */
final class UpstreamFields {
    /**
     * All that passes on query routes, whose answers many callers share: an answer may depend on nothing that its key
     * does not hold, but for what HTTP's own negotiation names in Vary.
     */
    private static final Set<String> QUERY = Set.of(
            "accept",
            "accept-encoding",
            "accept-language",
            "cache-control",
            "content-encoding",
            "content-language",
            "content-type",
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "pragma",
            "range",
            "traceparent",
            "tracestate");

    private UpstreamFields() {}

    static Fields of(Call call) {
        Route route = call.route();
        Fields request = call.request.fields();
        List<String> connection = Tokens.of(request, "connection");
        CacheRule.Query query = route.cache() instanceof CacheRule.Query rule ? rule : null;
        Fields.Builder fields = Fields.builder();
        for (int i = 0; i < request.size(); i++) {
            String name = request.name(i);
            boolean ends = HopByHop.endsRequest(name, connection)
                    || (query != null
                            && !QUERY.contains(name)
                            && !query.keyFields().contains(name))
                    || (name.equals("authorization") && isFleetKey(route, request.value(i)));
            if (!ends) {
                fields.add(name, request.value(i));
            }
        }
        if (route.cache() instanceof CacheRule.Http) {
            String name = "surrogate-capability";
            String others = connection.contains(name) ? null : request.combined(name);
            String capabilities =
                    others == null ? SurrogateControl.CAPABILITY : others + ", " + SurrogateControl.CAPABILITY;
            fields.set(name, capabilities);
        }
        return fields.add("x-forwarded-for", Address.text(call.address))
                .add("x-forwarded-proto", call.edge.clients().secure(call.request) ? "https" : "http")
                .add("x-request-id", call.request.id())
                .build();
    }

    /** A key is for the fleet alone; on a route that wants one, so is the whole field. */
    private static boolean isFleetKey(Route route, String authorization) {
        return route.auth() == Route.Auth.KEY || authorization.contains(KeyFormat.PREFIX);
    }
}
