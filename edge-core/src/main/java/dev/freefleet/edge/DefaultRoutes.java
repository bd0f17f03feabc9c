package dev.freefleet.edge;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The calls of a Brain as routes: what an edge serves unless it is told otherwise. */
public final class DefaultRoutes {
    /** The default cap of a request's content: 1 MiB. */
    public static final int MAX_BODY_BYTES = 1 << 20;

    /** The default cap of a stored answer: 1 MiB. */
    public static final int MAX_ANSWER_BYTES = 1 << 20;

    /** The default time until the origin's answer's head: 30 s. */
    public static final long TIMEOUT_MILLIS = 30_000;

    /** How long an answer is fresh that does not say so: an hour. */
    public static final long TTL_MILLIS = 3_600_000;

    /** The same for insights, which tell of the last hours: a minute. */
    public static final long INSIGHTS_TTL_MILLIS = 60_000;

    private DefaultRoutes() {}

    /** Query, smart query, entities, insights and wisdom; all want a key. The Brain's other calls are not served. */
    public static List<Route> all() {
        return List.of(
                route("query", Set.of("GET", "POST", "QUERY"), "/query", "query", TTL_MILLIS),
                route("query.smart", Set.of("POST", "QUERY"), "/query/smart", "query", TTL_MILLIS),
                route("entities", Set.of("POST", "QUERY"), "/entities", "text", TTL_MILLIS),
                route("insights", Set.of("POST", "QUERY"), "/insights", null, INSIGHTS_TTL_MILLIS),
                route("wisdom", Set.of("POST", "QUERY"), "/wisdom", "query", TTL_MILLIS));
    }

    private static Route route(
            String name, Set<String> methods, String path, @Nullable String textMember, long ttlMillis) {
        CacheRule cache = new CacheRule.Query(CacheRule.Scope.PUBLIC, ttlMillis, MAX_ANSWER_BYTES, textMember);
        return new Route(name, methods, path, Route.Auth.KEY, null, MAX_BODY_BYTES, TIMEOUT_MILLIS, cache);
    }
}
